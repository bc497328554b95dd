using System.Diagnostics.CodeAnalysis;

namespace Rollcall.Registry.Catalogs;

/// <summary>The services without instances that are remembered, in the order they became so. Not thread-safe.</summary>
internal sealed class EmptiedList
{
    // By revision: every change has its own, so no two services were emptied by the same.
    private readonly SortedDictionary<long, EmptiedService> _byRevision = [];

    public int Count => _byRevision.Count;

    public void Add(EmptiedService emptied) => _byRevision[emptied.Revision] = emptied;

    /// <summary>The service emptied at <paramref name="revision"/>, if any was, has instances again, or was emptied anew.</summary>
    public void Remove(long revision) => _byRevision.Remove(revision);

    /// <summary>Takes the one that has been empty longest, if there are more than <paramref name="most"/> or it was emptied before <paramref name="before"/>.</summary>
    public bool TryTakeOldest(int most, DateTimeOffset before, [NotNullWhen(true)] out EmptiedService? oldest)
    {
        oldest = null;
        foreach (var (revision, emptied) in _byRevision)
        {
            if (_byRevision.Count <= most && emptied.Since >= before)
                break;
            oldest = emptied;
            _byRevision.Remove(revision);
            break;
        }

        return oldest is not null;
    }

    public EmptiedService[] Copy() => [.. _byRevision.Values];
}
