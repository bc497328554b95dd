using System.Globalization;
using Rollcall.Node.Telemetry;
using Rollcall.Registry;
using Rollcall.Registry.Catalogs;
using Rollcall.Registry.Watchers;

namespace Rollcall.Node.Watching;

/// <summary>
/// One event stream: a snapshot, then every change. Nothing is queued for it: it reads the catalog's own changes at its client's pace, and a client
/// so slow that they are no longer held starts over.
/// </summary>
internal sealed class StreamWatch(
    Catalog catalog, WatcherTable watchers, WatchMetrics metrics, EventStream stream, StreamRequest request, TimeProvider time) : IDisposable
{
    /// <summary>How often a quiet stream says that it is still there.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private static readonly IReadOnlySet<string> AllServices = new HashSet<string>(StringComparer.Ordinal) { WatcherTable.AllServices };

    private readonly Dictionary<string, WatcherHandle> _handles = new(StringComparer.Ordinal);

    // Revisions of the services of the last snapshot: changes up to them are in it already.
    private readonly Dictionary<string, long> _told = new(StringComparer.Ordinal);
    private readonly List<Change> _unsent = [];

    /// <summary>Streams until the client leaves, the node stops or the token is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var changes = TryResume();
        if (changes is null)
            changes = await StartAsync(request.StartOver || request.Resume is not null, end.Token);
        else
            await stream.FlushAsync(end.Token); // one that has missed nothing must not wait for the first change to learn that it is connected
        while (true)
        {
            try
            {
                await PumpAsync(changes, end);
                return;
            }
            catch (ChangesLostException)
            {
                changes = await StartAsync(startOver: true, end.Token);
            }
        }
    }

    /// <summary>The connection is gone: it is no watcher any more.</summary>
    public void Dispose()
    {
        foreach (var (_, handle) in _handles)
        {
            handle.Lost();
            handle.Dispose();
        }
    }

    private IAsyncEnumerable<Change>? TryResume()
    {
        if (request.Resume is not { } revision || !catalog.TryReadChanges(revision, out var changes))
            return null;
        // It watches all it asked for before the first change comes.
        foreach (var service in request.Services ?? AllServices)
            Handle(service, revision);
        return changes;
    }

    private async Task<IAsyncEnumerable<Change>> StartAsync(bool startOver, CancellationToken cancellationToken)
    {
        if (startOver)
        {
            metrics.StartedOver();
            stream.WriteStartOver();
        }

        // The revision first, the services after it: what changed in between is in both and is left out of the changes.
        long revision;
        IAsyncEnumerable<Change> changes;
        while (!catalog.TryReadChanges(revision = catalog.Revision, out changes))
            await Task.Yield(); // overtaken by a whole ring of changes between two lines
        var services = request.Services is { } named
            ? [.. named.Select(catalog.GetService)]
            : catalog.Services.OrderBy(static service => service.Service, StringComparer.Ordinal).ToArray();
        _told.Clear();
        foreach (var service in services)
        {
            if (service.Revision > revision)
                _told[service.Service] = service.Revision;
        }

        // Watched from before it is told: a drain that begins in between waits for it.
        foreach (var service in request.Services ?? AllServices)
            Handle(service, 0);

        await stream.WriteSnapshotAsync(revision, services, shared: request.Services is not null, cancellationToken);
        await stream.FlushAsync(cancellationToken);
        foreach (var service in request.Services ?? AllServices)
            Handle(service, 0).Advance(revision);
        return changes;
    }

    private async Task PumpAsync(IAsyncEnumerable<Change> changes, CancellationTokenSource end)
    {
        await using var reader = changes.GetAsyncEnumerator(end.Token);
        while (true)
        {
            var next = reader.MoveNextAsync();
            if (!await (next.IsCompleted ? next : WaitAsync(next.AsTask(), end)))
                return;
            var change = reader.Current;
            if (!Wants(change))
                continue;
            stream.WriteChange(change);
            _unsent.Add(change);
            if (stream.IsFull)
                await SendAsync(end.Token);
        }
    }

    // There is nothing more for now: what was written goes out, and the connection is kept alive until there is.
    private async ValueTask<bool> WaitAsync(Task<bool> next, CancellationTokenSource end)
    {
        try
        {
            await SendAsync(end.Token);
            while (true)
            {
                try
                {
                    return await next.WaitAsync(Heartbeat, time, CancellationToken.None);
                }
                catch (TimeoutException) when (!next.IsCompleted)
                {
                    stream.WriteHeartbeat();
                    await stream.FlushAsync(end.Token);
                }
            }
        }
        catch when (!next.IsCompleted)
        {
            // A reader must not be disposed while it reads.
            await end.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        if (!stream.HasPending && _unsent.Count == 0)
            return;
        await stream.FlushAsync(cancellationToken);
        var now = time.GetUtcNow();
        foreach (var change in _unsent)
        {
            Handle(request.Services is null ? WatcherTable.AllServices : change.Key.Service, 0).Advance(change.Revision);
            metrics.StreamNotified(now - change.Time);
        }

        _unsent.Clear();
    }

    private bool Wants(Change change)
    {
        if (request.Services is { } named && !named.Contains(change.Key.Service))
            return false;
        return !_told.TryGetValue(change.Key.Service, out var told) || change.Revision > told;
    }

    private WatcherHandle Handle(string service, long revision)
    {
        if (!_handles.TryGetValue(service, out var handle))
            _handles.Add(service, handle = watchers.Enter(service, request.Remote.Name, WatcherKind.Stream, revision, request.Remote.Address));
        return handle;
    }
}

/// <summary>What a client of the event stream asks for.</summary>
/// <param name="Services">The services; null for all.</param>
/// <param name="Resume">The revision after which it needs changes; null when it knows nothing.</param>
/// <param name="StartOver">True when what it knows is of no use: another life of the data.</param>
/// <param name="Remote">Who it is.</param>
internal sealed record StreamRequest(IReadOnlySet<string>? Services, long? Resume, bool StartOver, Remote Remote)
{
    /// <summary>Reads a <c>Last-Event-ID</c>: <c>epoch:revision</c>.</summary>
    public static (long? Resume, bool StartOver) ReadLastEventId(string? id, string epoch)
    {
        if (string.IsNullOrEmpty(id))
            return (null, false);
        var colon = id.LastIndexOf(':');
        return colon > 0
            && id.AsSpan(0, colon).SequenceEqual(epoch)
            && long.TryParse(id.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
            ? (revision, false)
            : (null, true);
    }
}
