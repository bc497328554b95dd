using System.ComponentModel.DataAnnotations;

namespace Rollcall.Api;

// Documents of the HTTP API that tell of watchers.

/// <summary>How a drain ended.</summary>
public sealed record DrainDocument
{
    /// <summary>The service.</summary>
    public required string Service { get; init; }

    /// <summary>The instance.</summary>
    public required string Id { get; init; }

    /// <summary>The revision in which the instance became draining.</summary>
    public required long Revision { get; init; }

    /// <summary>True when every live watcher has applied that revision and every event stream was told of it.</summary>
    public required bool Complete { get; init; }

    /// <summary>How long it took.</summary>
    public required string Elapsed { get; init; }

    /// <summary>Watchers that had to apply it; event streams are not among them.</summary>
    public required int Watchers { get; init; }

    /// <summary>
    /// Event streams that were told of it. That proves nothing: a stream does not say what its client has applied, and what was sent may lie unread.
    /// </summary>
    public int Told { get; init; }

    /// <summary>
    /// Watchers that have not applied it, and event streams that could not be told; empty when complete. Also empty, though not complete, when the drain ended so soon after a restart of the node
    /// that who watches was not yet known.
    /// </summary>
    public required IReadOnlyList<WatcherDocument> Waiting { get; init; }
}

/// <summary>What a drain would leave.</summary>
public sealed record DrainPreviewDocument
{
    /// <summary>The service.</summary>
    public required string Service { get; init; }

    /// <summary>The instance.</summary>
    public required string Id { get; init; }

    /// <summary>As it is now.</summary>
    public required ReadyCountDocument Before { get; init; }

    /// <summary>As it would be.</summary>
    public required ReadyCountDocument After { get; init; }

    /// <summary>Watchers of the service that the drain would wait for, by name.</summary>
    public required IReadOnlyList<string> Callers { get; init; }

    /// <summary>Zones that would have no ready instance any more.</summary>
    public required IReadOnlyList<string> EmptyZones { get; init; }

    /// <summary>How many instances must stay ready (<c>drain.minReady</c>).</summary>
    public required int Floor { get; init; }

    /// <summary>False when it would be refused without <c>force</c>.</summary>
    public required bool Allowed { get; init; }

    /// <summary>The same in a sentence: <c>orders 5 → 4 ready, 2 callers, zone b empty</c>.</summary>
    public required string Message { get; init; }
}

/// <summary>How many instances of a service are ready.</summary>
public sealed record ReadyCountDocument
{
    /// <summary>Those that may be sent new work.</summary>
    public required int Ready { get; init; }
}

/// <summary>Who watches a service.</summary>
public sealed record WatchersDocument
{
    /// <summary>The service.</summary>
    public required string Service { get; init; }

    /// <summary>The service's revision.</summary>
    public required long Revision { get; init; }

    /// <summary>In order of id.</summary>
    public required IReadOnlyList<WatcherDocument> Watchers { get; init; }
}

/// <summary>One watcher of a service.</summary>
public sealed record WatcherDocument
{
    /// <summary>The name it gave, else one made of its address.</summary>
    public required string Id { get; init; }

    /// <summary><c>poll</c> (blocking queries) or <c>stream</c> (server-sent events).</summary>
    [AllowedValues("poll", "stream")]
    public required string Kind { get; init; }

    /// <summary>The revision it has applied (poll) or been sent (stream).</summary>
    public required long Applied { get; init; }

    /// <summary>Its address.</summary>
    public string? Remote { get; init; }

    /// <summary>When it began to watch (UTC).</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When it was last heard of (UTC).</summary>
    public required DateTimeOffset LastSeen { get; init; }
}
