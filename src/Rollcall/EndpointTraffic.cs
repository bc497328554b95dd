using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Rollcall;

/// <summary>
/// How the requests to one endpoint have ended. Requests write without a lock, so that of two at the same moment one may be lost: good enough to compare endpoints by.
/// Counts only grow; whoever looks at them (one at a time) remembers where they stood.
/// </summary>
internal sealed class EndpointTraffic
{
    // From 25.6 µs (2^8 ticks) to 107 s, two steps each time it doubles.
    private const int FirstPower = 8;
    private const int Steps = 46;

    private int _successes;
    private int _failures;
    private int _failuresInARow;
    private int _gatewayErrorsInARow;
    private Histogram _latencies;

    private int _seenIdle;
    private long _idleSince;
    private int _seenSuccesses;
    private int _seenFailures;
    private Histogram _seenLatencies;

    /// <summary>What the last look found; empty before the first and after a new start.</summary>
    public TrafficWindow LastWindow { get; private set; }

    /// <summary>What has happened since the last look; what that one found when nothing has. For one asker at a time, as <see cref="Look"/>.</summary>
    public TrafficWindow Recent => Since(_successes, Volatile.Read(ref _failures), _latencies) is { Requests: > 0 } window ? window : LastWindow;

    /// <summary>How often it was ejected, less what has been forgiven since.</summary>
    public int Ejections { get; set; }

    /// <summary>When the last ejection ended, as a timestamp.</summary>
    public long ReturnedAt { get; set; }

    public void Succeeded(TimeSpan latency)
    {
        Succeeded();
        ref var step = ref _latencies[StepOf(latency)];
        step = unchecked(step + 1);
    }

    /// <summary>As <see cref="Succeeded(TimeSpan)"/>, for what took no time of the endpoint's.</summary>
    public void Succeeded()
    {
        _successes = unchecked(_successes + 1);

        // Read first: a line that others write to is not taken from them without need.
        if (_failuresInARow != 0)
            Volatile.Write(ref _failuresInARow, 0);
        if (_gatewayErrorsInARow != 0)
            Volatile.Write(ref _gatewayErrorsInARow, 0);
    }

    /// <summary>How many failures, and how many gateway errors, there have been in a row, this one included.</summary>
    public (int Failures, int GatewayErrors) Failed(bool isGatewayError)
    {
        Interlocked.Increment(ref _failures);
        var gatewayErrors = 0;
        if (isGatewayError)
            gatewayErrors = Interlocked.Increment(ref _gatewayErrorsInARow);
        else
            Volatile.Write(ref _gatewayErrorsInARow, 0);
        return (Interlocked.Increment(ref _failuresInARow), gatewayErrors);
    }

    /// <summary>Its failures in a row are forgotten.</summary>
    public void ForgetRow()
    {
        Volatile.Write(ref _failuresInARow, 0);
        Volatile.Write(ref _gatewayErrorsInARow, 0);
    }

    /// <summary>What was before is of no interest to the next look.</summary>
    public void StartAnew()
    {
        ForgetRow();
        LastWindow = default;
        (_seenSuccesses, _seenFailures, _seenLatencies) = (_successes, Volatile.Read(ref _failures), _latencies);
    }

    /// <summary>What has happened since the last look.</summary>
    public TrafficWindow Look()
    {
        var (successes, failures) = (_successes, Volatile.Read(ref _failures));
        var latencies = _latencies;
        var window = Since(successes, failures, latencies);
        (_seenSuccesses, _seenFailures, _seenLatencies) = (successes, failures, latencies);
        LastWindow = window;
        return window;
    }

    /// <summary>True when there was no request since before <paramref name="before"/>; then it begins anew. For one asker at a time.</summary>
    public bool IsIdle(long now, long before)
    {
        var count = unchecked(_successes + Volatile.Read(ref _failures));
        var isIdle = count == _seenIdle && _idleSince != 0 && _idleSince <= before;
        if (isIdle || count != _seenIdle || _idleSince == 0)
            (_seenIdle, _idleSince) = (count, now);
        return isIdle;
    }

    // A thread that was held up between reading a count and writing it may set it back.
    private TrafficWindow Since(int successes, int failures, in Histogram latencies)
    {
        var (timed, median) = MedianOf(latencies, _seenLatencies);
        return new(Math.Max(0, unchecked(successes - _seenSuccesses)), Math.Max(0, unchecked(failures - _seenFailures)), timed, median);
    }

    private static int StepOf(TimeSpan latency)
    {
        var ticks = Math.Max(1L, latency.Ticks);
        var power = BitOperations.Log2((ulong)ticks);
        if (power < FirstPower)
            return 0;
        var half = (int)(ticks >> (power - 1)) & 1;
        return Math.Min(Steps - 1, (2 * (power - FirstPower)) + half);
    }

    // Of how many, and the middle of the step in which the median lies.
    private static (int Timed, TimeSpan Median) MedianOf(in Histogram now, in Histogram before)
    {
        var total = 0;
        for (var i = 0; i < Steps; i++)
            total += Math.Max(0, unchecked(now[i] - before[i]));
        if (total == 0)
            return default;
        var (left, at) = ((total + 1) / 2, 0);
        while ((left -= Math.Max(0, unchecked(now[at] - before[at]))) > 0)
            at++;
        var low = (1L << (FirstPower + (at / 2))) * (2 + (at & 1)) / 2;
        return (total, TimeSpan.FromTicks(low + ((1L << (FirstPower + (at / 2))) / 4)));
    }

    [InlineArray(Steps)]
    private struct Histogram
    {
        private int _first;
    }
}

/// <summary>How the requests to one endpoint ended in one interval.</summary>
/// <param name="Successes">Those that ended well.</param>
/// <param name="Failures">Those that did not.</param>
/// <param name="Timed">Those of the successes that took time of the endpoint's: the use of an open connection does not tell how long it took.</param>
/// <param name="Latency">The median of the timed ones, within a quarter; zero when there was none.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TrafficWindow(int Successes, int Failures, int Timed, TimeSpan Latency)
{
    public int Requests => Successes + Failures;

    /// <summary>The share that ended well, 0 to 1; 1 when there was none.</summary>
    public double SuccessRate => Requests == 0 ? 1 : (double)Successes / Requests;
}
