namespace Rollcall.Registry.Journaling;

/// <summary>
/// Makes a damaged journal one that a node starts from: keeps every record that is sound and in order, puts a record of the gap where
/// revisions are lost, and copies the originals aside first. A node must not have it open.
/// </summary>
public static class JournalRepair
{
    /// <summary>Repairs, and says exactly what was lost. Does nothing to a journal that is sound, or whose only fault is a torn tail.</summary>
    /// <exception cref="JournalLockedException">A node has it open.</exception>
    /// <exception cref="FileNotFoundException">The directory holds no journal.</exception>
    /// <exception cref="IOException">A copy could not be written; the journal is as it was, or the originals are in the backup.</exception>
    public static async Task<JournalRepairResult> RepairAsync(string directory, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(time);
        using var held = DirectoryLock.Take(directory);
        var before = JournalVerifier.Verify(directory, inUse: false, cancellationToken);
        if (before.IsSound)
            return Result(directory, null, []);
        using var session = new RepairSession(directory, before, time);
        var backup = await session.RunAsync(cancellationToken);
        return Result(directory, backup, session.Losses);
    }

    private static JournalRepairResult Result(string directory, string? backup, IReadOnlyList<JournalLoss> losses)
    {
        var recovered = new Recovery(directory).Run(CancellationToken.None)!;
        var lost = losses.Sum(static loss => loss.LastRevision - loss.FirstRevision + 1 ?? 0);
        return new JournalRepairResult(directory, backup, losses, lost, recovered.State.Revision, recovered.State.Instances.Count);
    }
}
