using System.Globalization;
using Rollcall.Node.Problems;
using Rollcall.Node.Telemetry;

namespace Rollcall.Node.Watching;

/// <summary>Counts the requests that wait on purpose, refuses more than may, and knows when the node stops. Thread-safe.</summary>
internal sealed class WaitingRequests(int limit, CancellationToken stopping)
{
    private int _count;

    /// <summary>How many wait now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Cancelled when the node begins to stop: whoever waits is answered then.</summary>
    public CancellationToken Stopping => stopping;

    /// <summary>Counts one in, or says why it is refused. When counted in, <see cref="Leave"/> must follow.</summary>
    public Problem? TryEnter(WatchMetrics metrics)
    {
        if (stopping.IsCancellationRequested)
            return Problem.BusyNow("The node is stopping; ask another node, or this one again once it is back.");
        if (Interlocked.Increment(ref _count) <= limit)
            return null;
        Interlocked.Decrement(ref _count);
        metrics.Refused();
        return Problem.BusyNow(string.Create(
            CultureInfo.InvariantCulture, $"{limit} requests wait for changes already, the most that may; try again in a moment or raise limits.waitingRequests."));
    }

    /// <summary>Counts one out.</summary>
    public void Leave() => Interlocked.Decrement(ref _count);
}
