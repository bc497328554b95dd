using System.Collections.Immutable;
using System.Globalization;

namespace Rollcall.EndToEnd.Faults;

/// <summary>What became of the requests.</summary>
/// <param name="Requests">How many there were.</param>
/// <param name="Failures">Those that failed, in the order of their ends.</param>
/// <param name="Served">How many each instance answered.</param>
/// <param name="Milliseconds">How long they took from when they were due, sorted.</param>
internal sealed record TrafficReport(int Requests, ImmutableArray<Failure> Failures, IReadOnlyDictionary<string, int> Served, ImmutableArray<double> Milliseconds)
{
    public double Percentile(double percent) => Milliseconds[Math.Clamp((int)Math.Ceiling(percent / 100 * Milliseconds.Length) - 1, 0, Milliseconds.Length - 1)];

    public override string ToString()
    {
        var served = string.Join(", ", Served.OrderBy(static item => item.Key, StringComparer.Ordinal).Select(static item => $"{item.Key} {item.Value}"));
        var first = string.Join('\n', Failures.Take(20));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Requests} requests, {Failures.Length} failed; p50 {Percentile(50):0.0} ms, p99 {Percentile(99):0.0} ms, slowest {Percentile(100):0} ms; {served}\n{first}");
    }
}
