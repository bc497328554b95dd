namespace Rollcall.TestKube.Storage;

/// <summary>What happened to an object.</summary>
public enum StoreEventKind
{
    Added,
    Modified,
    Deleted,
}

/// <summary>One change. <paramref name="Previous"/> decides what a watcher with a selector is told: an object that no longer fits is deleted to it.</summary>
internal sealed record StoreEvent(StoreEventKind Kind, StoredObject Object, StoredObject? Previous)
{
    public long ResourceVersion => Object.ResourceVersion;
}

/// <summary>Changes in order, and the revision up to which there are no others.</summary>
internal readonly record struct StoreEvents(IReadOnlyList<StoreEvent> Events, long UpTo);
