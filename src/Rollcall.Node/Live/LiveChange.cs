using System.Collections.Immutable;

namespace Rollcall.Node.Live;

/// <summary>How one list of instances becomes another: without those that are gone and those that changed, these put in at their places in order.</summary>
/// <param name="Changed">Instances that are new or different, each with its place in the list that it leads to, ascending.</param>
/// <param name="Removed">Ids of those that are gone.</param>
internal sealed record LiveChange(IReadOnlyList<(int Index, LiveInstance Instance)> Changed, IReadOnlyList<string> Removed)
{
    public bool IsNone => Changed.Count == 0 && Removed.Count == 0;

    public static LiveChange Between(ImmutableArray<LiveInstance> before, ImmutableArray<LiveInstance> after)
    {
        var known = before.ToDictionary(static instance => instance.Document.InstanceId, StringComparer.Ordinal);
        var changed = new List<(int, LiveInstance)>();
        for (var i = 0; i < after.Length; i++)
        {
            if (!known.Remove(after[i].Document.InstanceId, out var same) || !ReferenceEquals(same, after[i]))
                changed.Add((i, after[i]));
        }

        return new LiveChange(changed, [.. known.Keys]);
    }
}
