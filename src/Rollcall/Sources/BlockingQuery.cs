using Rollcall.Api;

namespace Rollcall.Sources;

/// <summary>Asks one node again and again: at once the first time, then whenever the service has changed.</summary>
internal sealed class BlockingQuery(NodeClient node, string service, ServiceQuery query, TimeSpan wait, TimeProvider time, Func<IReadOnlyList<FindingDocument>>? findings = null)
{
    // A node, or a proxy before it, that answers at once although nothing is new must not be asked in a tight loop.
    private static readonly TimeSpan UnchangedPause = TimeSpan.FromMilliseconds(250);

    private ServiceDocument? _last;

    /// <summary>The next answer. Calling it tells the node that the answer before has been applied.</summary>
    public async Task<ServiceDocument> NextAsync(CancellationToken cancellationToken)
    {
        var asked = time.GetTimestamp();
        var answer = await node.GetServiceAsync(service, Next() with { Findings = findings?.Invoke() }, cancellationToken);
        if (_last is not null
            && answer.Revision == _last.Revision
            && string.Equals(answer.Epoch, _last.Epoch, StringComparison.Ordinal)
            && time.GetElapsedTime(asked) < UnchangedPause)
            await Task.Delay(UnchangedPause, time, cancellationToken);
        return _last = answer;
    }

    // The first query names index 0 and waits for nothing: so it is a blocking query already, which makes this process a watcher,
    // and a service that does not exist is an empty list rather than an error.
    private ServiceQuery Next() => _last is null
        ? query with { Index = 0, Wait = TimeSpan.Zero }
        : query with { Index = _last.Revision, Epoch = _last.Epoch, Wait = wait };
}
