using System.Globalization;
using Checkout;

namespace Demo;

/// <summary>What the demo comes to, in words.</summary>
internal static class Summary
{
    /// <summary>Failures, or nothing asked at all: the demo has not shown what it is for.</summary>
    public static bool IsGood(ReportLine? line) => line is { Requests: > 0, Failures.Count: 0 };

    public static void Write(TextWriter writer, Scene scene)
    {
        writer.WriteLine();
        if (scene.Report is not { } report)
        {
            writer.WriteLine("Summary: no request was sent.");
            return;
        }

        writer.WriteLine("Share of requests");
        foreach (var row in scene.Rows)
            Line(writer, $"  {row.Id,-10} {row.Requests,8:n0}  {row.Share,6:0.0%}  {new string('▇', (int)Math.Round(row.Share * 40))}");

        writer.WriteLine();
        writer.WriteLine("Time from each event to the last request sent to the wrong place");
        foreach (var act in scene.Acts)
        {
            var wrong = !act.MakesWrong ? "–" : Words(act.WrongFor ?? Chronicle.WrongFor(act, report));
            Line(writer, $"  {(act.At - scene.Start).TotalSeconds,5:0.0} s  {act.Title,-55} {wrong,8}   {act.Outcome}");
        }

        foreach (var (reason, count) in report.Failures)
            Line(writer, $"  FAILED {count} times: {reason}");

        writer.WriteLine();
        Line(writer, $"Summary: {report.Requests} requests, {scene.Failures} failures, {report.Tries - report.Requests} tries on another instance, slowest {report.SlowestMs:0} ms, {scene.Elapsed.TotalSeconds:0.0} s");
    }

    private static string Words(TimeSpan wrong) => wrong == TimeSpan.Zero ? "none" : string.Create(CultureInfo.InvariantCulture, $"{wrong.TotalMilliseconds:n0} ms");

    private static void Line(TextWriter writer, FormattableString text) => writer.WriteLine(FormattableString.Invariant(text));
}
