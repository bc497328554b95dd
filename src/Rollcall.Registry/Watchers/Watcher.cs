namespace Rollcall.Registry.Watchers;

/// <summary>One watcher of one service. Everything in it is guarded by the lock of its <see cref="ServiceWatchers"/>.</summary>
internal sealed class Watcher
{
    public Watcher(string id) => (Id, Departure) = (id, new LinkedListNode<Watcher>(this));

    public string Id { get; }

    public WatcherKind Kind { get; set; }

    public string? Remote { get; set; }

    public long Applied { get; set; }

    public DateTimeOffset Since { get; init; }

    public DateTimeOffset LastSeen { get; set; }

    /// <summary>Its requests under way; more than one only while it reconnects, or when a process watches twice under one name.</summary>
    public List<WatcherHandle> Requests { get; } = new(1);

    /// <summary>The request it was last heard of by.</summary>
    public WatcherHandle? Latest { get; set; }

    /// <summary>Its place in the list of those that leave, while no request is under way.</summary>
    public LinkedListNode<Watcher> Departure { get; }

    /// <summary>Timestamp at which it leaves unless it asks again.</summary>
    public long LeavesAt { get; set; }

    public WatcherInfo Describe() => new(Id, Kind, Applied, Remote, Since, LastSeen);
}
