using Rollcall.Registry.Engine;

namespace Rollcall.Node.Telemetry;

/// <summary>What the journal tells when asked; the rest of the registry has meters of its own.</summary>
internal static class JournalGauges
{
    /// <summary>Writes the gauges.</summary>
    public static void Write(PrometheusText text, ServiceRegistry registry)
    {
        var journal = registry.Journal;
        text.Write("rollcall_journal_disk_bytes", "Bytes of the journal on disk.", SeriesKind.Gauge, journal.Bytes);
        text.Write("rollcall_journal_segments", "Segments of the journal on disk.", SeriesKind.Gauge, journal.Segments);
        text.Write("rollcall_journal_writable", "1 while writes are taken, 0 while the journal cannot be written.", SeriesKind.Gauge, journal.Problem is null ? 1 : 0);
    }
}
