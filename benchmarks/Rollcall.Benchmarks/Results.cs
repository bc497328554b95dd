using System.Globalization;
using System.Reflection;
using System.Text;
using BenchmarkDotNet.Reports;

namespace Rollcall.Benchmarks;

/// <summary>The figures of a run as one Markdown table: what it took, what it was compared with, what it had to keep to.</summary>
internal static class Results
{
    public static string ToMarkdown(IEnumerable<Summary> summaries)
    {
        var text = new StringBuilder("| what | with | median | ± | bytes | to the baseline | target | |\n|---|---|---|---|---|---|---|---|\n");
        foreach (var summary in summaries)
        {
            foreach (var report in summary.Reports.Where(static report => report.ResultStatistics is not null))
                text.Append(Row(summary, report)).Append('\n');
        }

        return text.ToString();
    }

    private static string Row(Summary summary, BenchmarkReport report)
    {
        var descriptor = report.BenchmarkCase.Descriptor;
        var statistics = report.ResultStatistics!;
        var bytes = report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0;
        var baseline = summary.Reports.FirstOrDefault(other =>
            other.BenchmarkCase.Descriptor.Baseline && Equals(other.BenchmarkCase.Parameters.DisplayInfo, report.BenchmarkCase.Parameters.DisplayInfo));
        var ratio = baseline?.ResultStatistics is { } against ? Number(statistics.Median / against.Median, "0.00") + "×" : "";
        var (target, verdict) = Judge(descriptor.WorkloadMethod.GetCustomAttribute<TargetAttribute>(), statistics.Median, bytes);
        return $"| {descriptor.WorkloadMethodDisplayInfo.Trim('\'')} | {Parameters(report)} | {Time(statistics.Median)} | {Time(statistics.StandardDeviation)} | {bytes} | {ratio} | {target} | {verdict} |";
    }

    private static (string Target, string Verdict) Judge(TargetAttribute? target, double nanoseconds, long bytes)
    {
        if (target is null)
            return ("", "");
        var parts = new List<string>();
        if (target.MaxNanoseconds > 0)
            parts.Add($"≤ {Time(target.MaxNanoseconds)}");
        if (target.MaxBytes >= 0)
            parts.Add($"≤ {target.MaxBytes} B");
        var isMet = (target.MaxNanoseconds <= 0 || nanoseconds <= target.MaxNanoseconds) && (target.MaxBytes < 0 || bytes <= target.MaxBytes);
        return (string.Join(", ", parts), isMet ? "met" : "**missed**");
    }

    private static string Parameters(BenchmarkReport report) =>
        string.Join(", ", report.BenchmarkCase.Parameters.Items.Select(static item => $"{item.Name} {string.Create(CultureInfo.InvariantCulture, $"{item.Value}")}"));

    private static string Time(double nanoseconds) => nanoseconds switch
    {
        < 1_000 => Number(nanoseconds, "0.0") + " ns",
        < 1_000_000 => Number(nanoseconds / 1_000, "0.00") + " µs",
        _ => Number(nanoseconds / 1_000_000, "0.00") + " ms",
    };

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
