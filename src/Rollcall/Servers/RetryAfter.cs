using System.Collections.Concurrent;
using System.Globalization;

namespace Rollcall.Servers;

/// <summary>Remembers which servers have asked to be left alone for a while (RFC 9110 section 10.2.3), so that none is asked before. Thread-safe.</summary>
/// <remarks>Each client comes back up to a quarter later than it was told: a server tells all it sends away the same, and would have all of them back at once.</remarks>
/// <param name="time">The clock.</param>
/// <param name="longest">No server is obeyed for longer, but for that quarter.</param>
/// <param name="jitter">Gives numbers from 0 to 1; thread-safe.</param>
internal sealed class RetryAfter(TimeProvider time, TimeSpan longest, Func<double> jitter)
{
    private const double JitterShare = 0.25;

    // A map of servers that once were busy; those of old are dropped when there are this many.
    private const int MaxServers = 1000;

    // Who waits for longer is told why; a wait without a word looks like a server that hangs.
    private static readonly TimeSpan LongestSilentWait = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, Pause> _pauses = new(StringComparer.Ordinal);

    /// <summary>Takes the wish of a 429 or 503 with <c>Retry-After</c>.</summary>
    public void Note(Uri server, HttpResponseMessage response)
    {
        if ((int)response.StatusCode is not (429 or 503) || response.Headers.RetryAfter is not { } wish)
            return;
        var now = time.GetUtcNow();
        var delay = wish.Delta ?? (wish.Date - now) ?? TimeSpan.Zero;
        if (delay <= TimeSpan.Zero)
            return;
        delay = delay < longest ? delay : longest;
        if (_pauses.Count >= MaxServers)
            _pauses.Clear();
        _pauses[ServerFailure.NameOf(server)] = new Pause(now + (delay * (1 + (JitterShare * jitter()))), delay);
    }

    /// <summary>Waits until the server may be asked again; as a rule that is now.</summary>
    /// <param name="action">What is tried, such as <c>list the endpoints of orders</c>.</param>
    /// <param name="server">The server.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <exception cref="DiscoveryException">It may not be asked for some seconds yet, and must not be until this returns.</exception>
    public async Task WaitAsync(string action, Uri server, CancellationToken cancellationToken)
    {
        var name = ServerFailure.NameOf(server);
        if (!_pauses.TryGetValue(name, out var pause))
            return;
        var delay = pause.Until - time.GetUtcNow();
        if (delay > LongestSilentWait)
        {
            // The same words for as long as it lasts: whoever reports each failure once reports this one once.
            throw new DiscoveryException(string.Create(
                CultureInfo.InvariantCulture, $"Cannot {action}: {name} has asked to be left alone for {DurationText.Format(pause.Wish)} (Retry-After); it is asked again at {pause.Until:u}."));
        }

        if (delay > TimeSpan.Zero)
            await Task.Delay(delay, time, cancellationToken);
        _pauses.TryRemove(new(name, pause));
    }

    private sealed record Pause(DateTimeOffset Until, TimeSpan Wish);
}
