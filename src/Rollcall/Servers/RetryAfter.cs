using System.Collections.Concurrent;

namespace Rollcall.Servers;

/// <summary>Remembers which servers have asked to be left alone for a while (RFC 9110 section 10.2.3), so that the next attempt waits that long. Thread-safe.</summary>
/// <param name="time">The clock.</param>
/// <param name="longest">No server is obeyed for longer.</param>
internal sealed class RetryAfter(TimeProvider time, TimeSpan longest)
{
    // A map of servers that once were busy; those of old are dropped when there are this many.
    private const int MaxServers = 1000;

    private readonly ConcurrentDictionary<string, DateTimeOffset> _until = new(StringComparer.Ordinal);

    /// <summary>Takes the wish of a 429 or 503 with <c>Retry-After</c>.</summary>
    public void Note(Uri server, HttpResponseMessage response)
    {
        if ((int)response.StatusCode is not (429 or 503) || response.Headers.RetryAfter is not { } wish)
            return;
        var now = time.GetUtcNow();
        var delay = wish.Delta ?? (wish.Date - now) ?? TimeSpan.Zero;
        if (delay <= TimeSpan.Zero)
            return;
        if (_until.Count >= MaxServers)
            _until.Clear();
        _until[ServerFailure.NameOf(server)] = now + (delay < longest ? delay : longest);
    }

    /// <summary>Waits until the server may be asked again; as a rule that is now.</summary>
    public async Task WaitAsync(Uri server, CancellationToken cancellationToken)
    {
        var name = ServerFailure.NameOf(server);
        if (!_until.TryGetValue(name, out var until))
            return;
        var delay = until - time.GetUtcNow();
        if (delay > TimeSpan.Zero)
            await Task.Delay(delay, time, cancellationToken);
        _until.TryRemove(new(name, until));
    }
}
