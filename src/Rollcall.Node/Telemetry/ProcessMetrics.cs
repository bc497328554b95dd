using System.Globalization;

namespace Rollcall.Node.Telemetry;

/// <summary>What the process itself uses.</summary>
internal static class ProcessMetrics
{
    /// <summary>Writes memory, processor time and garbage collections under the names Prometheus' own clients use.</summary>
    public static void Write(PrometheusText text, DateTimeOffset started)
    {
        text.Write("process_resident_memory_bytes", "Resident memory.", SeriesKind.Gauge, Environment.WorkingSet);
        text.Write("process_cpu_seconds_total", "Processor time used.", SeriesKind.Counter, Environment.CpuUsage.TotalTime.TotalSeconds);
        text.Write("process_start_time_seconds", "When the node started, in seconds since 1970.", SeriesKind.Gauge, started.ToUnixTimeMilliseconds() / 1000.0);
        text.Write("dotnet_gc_heap_bytes", "Managed memory in use after the last collection.", SeriesKind.Gauge, GC.GetTotalMemory(forceFullCollection: false));
        text.Write("dotnet_gc_allocated_bytes_total", "Managed memory ever allocated.", SeriesKind.Counter, GC.GetTotalAllocatedBytes(precise: false));
        text.Write("dotnet_gc_pause_seconds_total", "Time spent in collections.", SeriesKind.Counter, GC.GetTotalPauseDuration().TotalSeconds);
        text.Begin("dotnet_gc_collections_total", "Collections by generation.", SeriesKind.Counter);
        for (var generation = 0; generation <= GC.MaxGeneration; generation++)
            text.Sample("dotnet_gc_collections_total", GC.CollectionCount(generation), ("generation", generation.ToString(CultureInfo.InvariantCulture)));
        text.Write("dotnet_thread_pool_threads", "Threads of the pool.", SeriesKind.Gauge, ThreadPool.ThreadCount);
        text.Write("dotnet_thread_pool_queue_length", "Work that waits for a thread.", SeriesKind.Gauge, ThreadPool.PendingWorkItemCount);
    }
}
