using System.Globalization;
using System.Runtime.InteropServices;

namespace Rollcall.Health;

/// <summary>Compares the endpoints of a set with each other and names those that do far worse than the rest.</summary>
internal static class OutlierDetector
{
    /// <summary>Those that stand out, the worst first: by their success rates, then by their latencies.</summary>
    /// <param name="windows">What each endpoint has done in the last interval.</param>
    /// <param name="options">What stands out.</param>
    public static List<Outlier> Judge(ReadOnlySpan<TrafficWindow> windows, HealthOptions options)
    {
        List<Outlier> found = [];
        JudgeSuccess(windows, options, found);
        JudgeLatency(windows, options, found);
        return found;
    }

    private static void JudgeSuccess(ReadOnlySpan<TrafficWindow> windows, HealthOptions options, List<Outlier> found)
    {
        if (options.SuccessRateDeviations <= 0)
            return;
        var (count, sum, squares) = (0, 0d, 0d);
        foreach (var window in windows)
        {
            if (window.Requests < options.MinRequests)
                continue;
            count++;
            sum += window.SuccessRate;
            squares += window.SuccessRate * window.SuccessRate;
        }

        if (count < options.MinEndpoints)
            return;
        List<(double Rate, Outlier Outlier)> bad = [];
        for (var i = 0; i < windows.Length; i++)
        {
            var window = windows[i];
            if (window.Requests < options.MinRequests)
                continue;

            // Against the others, not against all: in a small set one that fails pulls the mean and the deviation along with it.
            var rate = window.SuccessRate;
            var mean = (sum - rate) / (count - 1);
            var deviation = Math.Sqrt(Math.Max(0, ((squares - (rate * rate)) / (count - 1)) - (mean * mean)));
            if (rate >= mean - Math.Max(options.SuccessRateDeviations * deviation, options.SuccessRateMargin))
                continue;
            var detail = string.Create(CultureInfo.InvariantCulture, $"{rate:P0} of its {window.Requests} requests succeeded, of the others' {mean:P0}");
            bad.Add((rate, new Outlier(i, AvoidReason.SuccessRate, detail, null)));
        }

        bad.Sort(static (a, b) => a.Rate.CompareTo(b.Rate));
        foreach (var (_, outlier) in bad)
            found.Add(outlier);
    }

    private static void JudgeLatency(ReadOnlySpan<TrafficWindow> windows, HealthOptions options, List<Outlier> found)
    {
        if (options.LatencyFactor <= 0)
            return;
        List<(TimeSpan Latency, int Index)> sorted = [];
        for (var i = 0; i < windows.Length; i++)
        {
            if (windows[i].Timed >= options.MinRequests)
                sorted.Add((windows[i].Latency, i));
        }

        if (sorted.Count < options.MinEndpoints)
            return;
        sorted.Sort();
        for (var i = sorted.Count - 1; i >= 0; i--)
        {
            // The lower of the two in the middle of the others, so that half of a set cannot vouch for each other.
            var middle = (sorted.Count - 2) / 2;
            var usual = sorted[middle < i ? middle : middle + 1].Latency;
            var limit = TimeSpan.FromTicks(Math.Max((long)(usual.Ticks * options.LatencyFactor), options.LatencyFloor.Ticks));
            if (sorted[i].Latency <= limit)
                return;
            var detail = string.Create(
                CultureInfo.InvariantCulture, $"its median latency is {sorted[i].Latency.TotalMilliseconds:0.#} ms, the others' {usual.TotalMilliseconds:0.#} ms");
            found.Add(new Outlier(sorted[i].Index, AvoidReason.Latency, detail, limit));
        }
    }
}

/// <summary>One that stands out.</summary>
/// <param name="Index">Whose window it was.</param>
/// <param name="Reason">In what.</param>
/// <param name="Detail">In words.</param>
/// <param name="LatencyLimit">What it would have to be faster than; null when latency is not the matter.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Outlier(int Index, AvoidReason Reason, string Detail, TimeSpan? LatencyLimit);
