namespace Rollcall.Registry.Journaling;

/// <summary>A place in a file that is not as it was written.</summary>
/// <param name="File">The file.</param>
/// <param name="Offset">Where in it, in bytes.</param>
/// <param name="Problem">What is wrong.</param>
public sealed record JournalDamage(string File, long Offset, string Problem);

/// <summary>What one file of a journal holds.</summary>
/// <param name="File">The file.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Records">Changes of a segment, instances of a snapshot, those that are sound.</param>
/// <param name="FirstRevision">The first sound revision; of a snapshot its own. Null when there is none.</param>
/// <param name="LastRevision">The last sound revision; of a snapshot its own.</param>
/// <param name="FirstTime">The time of the first (UTC).</param>
/// <param name="LastTime">The time of the last (UTC).</param>
/// <param name="Damage">Every damaged place, in order.</param>
public sealed record JournalFileReport(
    string File,
    JournalFileKind Kind,
    long Bytes,
    long Records,
    long? FirstRevision,
    long? LastRevision,
    DateTimeOffset? FirstTime,
    DateTimeOffset? LastTime,
    IReadOnlyList<JournalDamage> Damage);

/// <summary>The state of a journal.</summary>
/// <param name="Directory">Where it is.</param>
/// <param name="Epoch">Its epoch; null when no header could be read.</param>
/// <param name="InUse">True when a node has it open: the end of the last segment may then be a write under way.</param>
/// <param name="Files">Every file: snapshots, then segments, in order.</param>
/// <param name="TornTail">An unfinished write at the end; the next start cuts it.</param>
/// <param name="Blocker">Why a node would refuse to start from it; null when it would start.</param>
public sealed record JournalVerification(
    string Directory,
    string? Epoch,
    bool InUse,
    IReadOnlyList<JournalFileReport> Files,
    TornTail? TornTail,
    JournalDamage? Blocker)
{
    /// <summary>Every damaged place of every file; a torn tail is none.</summary>
    public IEnumerable<JournalDamage> Damage => Files.SelectMany(static file => file.Damage);

    /// <summary>True when a node starts from it and nothing is damaged.</summary>
    public bool IsSound => Blocker is null && !Damage.Any();
}

/// <summary>What a repair could not save.</summary>
/// <param name="File">Where it was.</param>
/// <param name="Offset">Where in the file, in bytes.</param>
/// <param name="Bytes">How many bytes were given up.</param>
/// <param name="FirstRevision">The first revision lost; null when none is known to be.</param>
/// <param name="LastRevision">The last revision lost.</param>
/// <param name="Problem">What was wrong.</param>
public sealed record JournalLoss(string File, long Offset, long Bytes, long? FirstRevision, long? LastRevision, string Problem);

/// <summary>What a repair did.</summary>
/// <param name="Directory">The journal.</param>
/// <param name="Backup">Where the originals of all files that were changed or removed are; null when nothing had to be done.</param>
/// <param name="Losses">Everything that was given up; empty when all could be saved.</param>
/// <param name="RevisionsLost">How many revisions are lost.</param>
/// <param name="LastRevision">The last revision of the repaired journal.</param>
/// <param name="Instances">How many instances it holds.</param>
public sealed record JournalRepairResult(
    string Directory,
    string? Backup,
    IReadOnlyList<JournalLoss> Losses,
    long RevisionsLost,
    long LastRevision,
    int Instances);
