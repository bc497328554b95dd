using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Rollcall.Registry.Catalogs;

/// <summary>Applies the changes of a batch to the instances of one service with a single copy of the array.</summary>
internal static class SnapshotBuilder
{
    /// <summary>
    /// The instances after <paramref name="changes"/>, in order of id. Of several changes of one instance the last counts.
    /// <paramref name="changes"/> is reordered.
    /// </summary>
    public static ImmutableArray<Instance> Merge(ImmutableArray<Instance> before, List<Change> changes)
    {
        changes.Sort(static (a, b) =>
        {
            var byId = string.CompareOrdinal(a.Key.Id, b.Key.Id);
            return byId != 0 ? byId : a.Revision.CompareTo(b.Revision);
        });
        var sorted = CollectionsMarshal.AsSpan(changes);
        var after = new Instance[CountAfter(before.AsSpan(), sorted)];
        var rest = before.AsSpan();
        var target = after.AsSpan();
        for (var i = 0; i < sorted.Length; i++)
        {
            if (!IsLastOfItsInstance(sorted, i))
                continue;
            var found = Find(rest, sorted[i].Key.Id);
            var at = found < 0 ? ~found : found;
            rest[..at].CopyTo(target);
            target = target[at..];
            rest = rest[(found < 0 ? at : at + 1)..];
            if (sorted[i].Instance is not { } instance)
                continue;
            target[0] = instance;
            target = target[1..];
        }

        rest.CopyTo(target);
        return ImmutableCollectionsMarshal.AsImmutableArray(after);
    }

    /// <summary>Where the instance is, or the complement of where it would be inserted.</summary>
    public static int Find(ReadOnlySpan<Instance> instances, string id)
    {
        int low = 0, high = instances.Length - 1;
        while (low <= high)
        {
            var middle = (int)(((uint)low + (uint)high) >> 1);
            var order = string.CompareOrdinal(instances[middle].Registration.Id, id);
            if (order == 0)
                return middle;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return ~low;
    }

    private static int CountAfter(ReadOnlySpan<Instance> before, ReadOnlySpan<Change> sorted)
    {
        var count = before.Length;
        for (var i = 0; i < sorted.Length; i++)
        {
            if (!IsLastOfItsInstance(sorted, i))
                continue;
            var existed = Find(before, sorted[i].Key.Id) >= 0;
            var exists = sorted[i].Instance is not null;
            count += (exists ? 1 : 0) - (existed ? 1 : 0);
        }

        return count;
    }

    private static bool IsLastOfItsInstance(ReadOnlySpan<Change> sorted, int i) =>
        i + 1 == sorted.Length || !string.Equals(sorted[i].Key.Id, sorted[i + 1].Key.Id, StringComparison.Ordinal);
}
