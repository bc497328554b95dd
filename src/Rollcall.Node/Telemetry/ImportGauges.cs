using Rollcall.Node.Imports;

namespace Rollcall.Node.Telemetry;

/// <summary>How imports are doing, read when asked.</summary>
internal static class ImportGauges
{
    /// <summary>Writes the gauges of every import.</summary>
    public static void Write(PrometheusText text, ImportTable imports)
    {
        var all = imports.Services.Select(imports.Of).OfType<ImportStatus>().ToArray();
        text.Begin("rollcall_import_live", "1 while what is imported as a service is what its source says now.", SeriesKind.Gauge);
        foreach (var import in all)
            text.Sample("rollcall_import_live", import.Freshness.IsLive ? 1 : 0, ("service", import.Options.Service));
        text.Begin("rollcall_import_rejected", "Endpoints of a source that could not become instances.", SeriesKind.Gauge);
        foreach (var import in all)
            text.Sample("rollcall_import_rejected", import.Rejected.Length, ("service", import.Options.Service));
    }
}
