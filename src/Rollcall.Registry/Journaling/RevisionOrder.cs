namespace Rollcall.Registry.Journaling;

/// <summary>Revisions have no gaps: that is how a missing segment is told from a quiet hour.</summary>
internal static class RevisionOrder
{
    /// <exception cref="ArgumentException">The batch does not continue after <paramref name="last"/> by one at a time.</exception>
    public static void ThrowIfBroken(IReadOnlyList<Change> batch, long last)
    {
        ArgumentNullException.ThrowIfNull(batch);
        for (var i = 0; i < batch.Count; i++)
        {
            if (batch[i].Revision != last + 1 + i)
                throw new ArgumentException($"Revision {batch[i].Revision} cannot be appended: the next one must be {last + 1 + i}.", nameof(batch));
        }
    }
}
