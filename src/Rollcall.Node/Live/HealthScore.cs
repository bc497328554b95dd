using System.Collections.Immutable;
using System.Globalization;
using Rollcall.Api;

namespace Rollcall.Node.Live;

/// <summary>One figure of what is known of an instance, and what it is made of. Pure.</summary>
internal static class HealthScore
{
    /// <summary>Below it an instance that is ready is shown as degraded.</summary>
    public const int Degraded = 70;

    // Whatever else is well, one that is not ready serves nobody.
    private const int MostWhenNotReady = 25;

    /// <param name="state">What the registry, or the system it is imported from, says.</param>
    /// <param name="reason">Why.</param>
    /// <param name="reading">What it said itself; null when it was not asked.</param>
    /// <param name="avoiding">Callers that avoid it, each with the reason.</param>
    /// <param name="callers">Callers there are.</param>
    /// <param name="weights">How much each part counts.</param>
    public static (int Score, ImmutableArray<HealthPartDocument> Parts) Of(
        EndpointState state, string? reason, HealthReading? reading, IReadOnlyList<string> avoiding, int callers, HealthWeights weights)
    {
        var parts = ImmutableArray.CreateBuilder<HealthPartDocument>();
        parts.Add(new("readiness", state switch { EndpointState.Ready => 100, EndpointState.Draining => 50, _ => 0 }, weights.Readiness, state == EndpointState.Ready ? [] : [reason ?? StateText.Format(state)]));
        if (reading is not null)
            parts.Add(new("application", reading.Problem is null ? 100 : 0, weights.Application, reading.Problem is null ? [] : [reading.Problem]));
        if (reading?.Quality is { } quality && QualityOf(quality) is var (score, reasons))
            parts.Add(new("quality", score, weights.Quality, reasons));
        if (callers > 0 || avoiding.Count > 0)
            parts.Add(new("callers", 100 - Percent(avoiding.Count, Math.Max(callers, avoiding.Count)), weights.Callers, avoiding));
        var counted = parts.Sum(static part => part.Weight);
        var mean = counted == 0 ? parts[0].Score : parts.Sum(static part => part.Score * part.Weight) / counted;
        return (state == EndpointState.Ready ? mean : Math.Min(mean, state == EndpointState.Draining ? 50 : MostWhenNotReady), parts.DrainToImmutable());
    }

    // The mean of what it says: the frame rate against what it should be, latency from 50 ms (100) to 500 ms (0), loss from none (100) to 10 % (0).
    private static (int Score, ImmutableArray<string> Reasons)? QualityOf(QualityDocument quality)
    {
        const double UsualFrameRate = 30;
        List<double> scores = [];
        var reasons = ImmutableArray.CreateBuilder<string>();
        if (quality.FrameRate is { } rate)
        {
            var wanted = quality.TargetFrameRate is > 0 and var target ? target : UsualFrameRate;
            Add(rate / wanted, string.Create(CultureInfo.InvariantCulture, $"frame rate {rate:0.#} of {wanted:0.#}"));
        }

        if (quality.LatencyMs is { } latency)
            Add((500 - latency) / 450, string.Create(CultureInfo.InvariantCulture, $"latency {latency:0.#} ms"));
        if (quality.PacketLossPercent is { } loss)
            Add((10 - loss) / 10, string.Create(CultureInfo.InvariantCulture, $"{loss:0.#} % of packets lost"));
        return scores.Count == 0 ? null : ((int)Math.Round(100 * scores.Average()), reasons.DrainToImmutable());

        void Add(double share, string reason)
        {
            const double AsGoodAsWell = 0.95;
            scores.Add(Math.Clamp(share, 0, 1));
            if (share < AsGoodAsWell)
                reasons.Add(reason);
        }
    }

    private static int Percent(int part, int whole) => (int)Math.Round(100.0 * part / whole);
}
