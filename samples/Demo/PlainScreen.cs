using System.Globalization;

namespace Demo;

/// <summary>A line for each event and one every two seconds, for files and pipes.</summary>
internal sealed class PlainScreen(TextWriter writer, TimeProvider time) : IScreen
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();

    public async Task RunAsync(Chronicle chronicle, CancellationToken cancellationToken)
    {
        chronicle.Told = act => Write(time.GetUtcNow() - chronicle.Start, act.Outcome is null ? act.Title : "  → " + act.Outcome);
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
                Write(chronicle.Scene());
        }
        catch (OperationCanceledException)
        {
            chronicle.Told = null;
        }
    }

    private void Write(Scene scene)
    {
        if (scene.Report is not { } report)
            return;
        var rows = scene.Rows.Where(static row => row.Rate > 0 || row.Belief != "—").Select(static row =>
            string.Create(CultureInfo.InvariantCulture, $"{row.Id} {row.Rate:0}/s {(row.Belief == "—" ? "gone" : row.Belief)}{(row.Process == ChildState.Running ? "" : $" ({Chronicle.Words(row.Process)})")}"));
        Write(scene.Elapsed, string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Requests} requests, {scene.Failures} failures, watch {report.Freshness.ToLowerInvariant()}: {string.Join(", ", rows)}"));
    }

    private void Write(TimeSpan at, string text)
    {
        lock (_gate)
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{at.TotalSeconds,5:0.0} s  {text}"));
    }
}
