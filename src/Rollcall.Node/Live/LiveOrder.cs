using System.Globalization;

namespace Rollcall.Node.Live;

/// <summary>The order of instances in a document: by the file of names, by ordinal, by id.</summary>
internal sealed class LiveOrder : IComparer<LiveInstance>
{
    public static LiveOrder Instance { get; } = new();

    public int Compare(LiveInstance? x, LiveInstance? y)
    {
        var (a, b) = (x!.Document, y!.Document);
        var byFile = (a.Order ?? int.MaxValue).CompareTo(b.Order ?? int.MaxValue);
        if (byFile != 0)
            return byFile;
        var byOrdinal = OrdinalOf(a.Id).CompareTo(OrdinalOf(b.Id));
        return byOrdinal != 0 ? byOrdinal : string.CompareOrdinal(a.InstanceId, b.InstanceId);
    }

    private static int OrdinalOf(string id) =>
        id.StartsWith("instance-", StringComparison.Ordinal) && int.TryParse(id.AsSpan(9), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal) ? ordinal : int.MaxValue;
}
