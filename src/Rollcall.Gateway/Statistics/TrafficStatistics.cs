using System.Runtime.InteropServices;

namespace Rollcall.Gateway.Statistics;

/// <summary>
/// What became of the requests of one version of a route, or to one instance: counts since the start, rates and latencies of late. Many threads count without a lock;
/// an allocation is made with the first request only.
/// </summary>
internal sealed class TrafficStatistics
{
    private readonly long[] _byClass = new long[6];
    private long _retries;
    private long _failed;
    private long _cancelled;
    private int _inFlight;
    private Meters? _meters;

    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Tries beyond the first.</summary>
    public long Retries => Interlocked.Read(ref _retries);

    public void Begin() => Interlocked.Increment(ref _inFlight);

    public void End() => Interlocked.Decrement(ref _inFlight);

    /// <summary>A request is over.</summary>
    /// <param name="end">How it ended.</param>
    /// <param name="second">When.</param>
    public void Count(in RequestEnd end, uint second)
    {
        Interlocked.Increment(ref _byClass[Math.Clamp(end.Status / 100, 0, 5)]);
        if (end.Tries > 1)
            Interlocked.Add(ref _retries, end.Tries - 1);
        if (end.IsFailed)
            Interlocked.Increment(ref _failed);
        if (end.IsCancelled)
            Interlocked.Increment(ref _cancelled);
        var meters = _meters ?? Interlocked.CompareExchange(ref _meters, new Meters(), null) ?? _meters;
        meters.Rate.Count(second);
        if (end.IsFailed)
            meters.Failures.Count(second);
        if (end.Latency is { } latency)
            meters.Latency.Count(latency, second);
    }

    /// <summary>What was counted so far.</summary>
    public TrafficReport Read(uint second)
    {
        var meters = Volatile.Read(ref _meters);
        return new()
        {
            Requests = Sum(),
            ByClass = new(Class(1), Class(2), Class(3), Class(4), Class(5)),
            Failed = Interlocked.Read(ref _failed),
            Cancelled = Interlocked.Read(ref _cancelled),
            Retries = Retries,
            InFlight = Math.Max(0, InFlight),
            Rate1 = meters?.Rate.PerSecond(second, 1) ?? 0,
            Rate10 = meters?.Rate.PerSecond(second, 10) ?? 0,
            Rate60 = meters?.Rate.PerSecond(second, 60) ?? 0,
            FailureRate60 = meters?.Failures.PerSecond(second, 60) ?? 0,
            Latency = meters?.Latency.Read(second) ?? default,
        };
    }

    private long Class(int hundreds) => Interlocked.Read(ref _byClass[hundreds]);

    private long Sum()
    {
        var sum = 0L;
        for (var i = 0; i < _byClass.Length; i++)
            sum += Class(i);
        return sum;
    }

    private sealed class Meters
    {
        public readonly RateMeter Rate = new();
        public readonly RateMeter Failures = new();
        public readonly LatencyWindow Latency = new();
    }
}

/// <summary>How a request ended.</summary>
/// <param name="Status">Of the answer; 0 when there was none.</param>
/// <param name="Tries">How many endpoints were tried.</param>
/// <param name="Latency">Until the head of an endpoint's answer; null when no endpoint has answered.</param>
/// <param name="IsFailed">Whether the service or the way to it is to blame: no answer, or a status of 500 and more.</param>
/// <param name="IsCancelled">Whether the client went away before the end.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RequestEnd(int Status, int Tries, TimeSpan? Latency, bool IsFailed, bool IsCancelled);

/// <summary>What statistics say at one moment.</summary>
internal sealed record TrafficReport
{
    public long Requests { get; init; }

    public StatusClasses ByClass { get; init; }

    public long Failed { get; init; }

    public long Cancelled { get; init; }

    public long Retries { get; init; }

    public int InFlight { get; init; }

    /// <summary>Requests a second over the last second.</summary>
    public double Rate1 { get; init; }

    /// <summary>Requests a second over the last ten seconds.</summary>
    public double Rate10 { get; init; }

    /// <summary>Requests a second over the last minute.</summary>
    public double Rate60 { get; init; }

    /// <summary>Failed requests a second over the last minute.</summary>
    public double FailureRate60 { get; init; }

    /// <summary>Over the last minute.</summary>
    public LatencySummary Latency { get; init; }
}

/// <summary>Answers by the first digit of their status.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StatusClasses(long C1, long C2, long C3, long C4, long C5);
