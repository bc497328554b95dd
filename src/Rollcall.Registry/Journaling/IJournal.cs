namespace Rollcall.Registry.Journaling;

/// <summary>When an appended change is safe.</summary>
public enum Durability
{
    /// <summary>Before it is acknowledged: it survives loss of power.</summary>
    Fsync = 0,

    /// <summary>Written before it is acknowledged (it survives the death of the process), flushed to the disk every second.</summary>
    Interval = 1,

    /// <summary>Never: nothing is written, a restart begins empty.</summary>
    Memory = 2,
}

/// <summary>
/// Where committed changes are kept. One writer: a batch is appended after the one before has ended, and one snapshot is written at a time. A
/// snapshot may be written, and history read, alongside appends. Nothing blocks the calling thread for a flush.
/// </summary>
public interface IJournal : IAsyncDisposable
{
    /// <summary>Names one life of the data: made when the journal is created, kept while it lasts.</summary>
    string Epoch { get; }

    /// <summary>What was found at start. Its instances are let go with the first append; take them before.</summary>
    RecoveredState Recovered { get; }

    /// <summary>The moment from which <see cref="ReadHistoryAsync"/> is complete (UTC).</summary>
    DateTimeOffset HistoryCompleteSince { get; }

    /// <summary>True when enough was appended since the last snapshot that <see cref="WriteSnapshotAsync"/> should be called.</summary>
    bool WantsSnapshot { get; }

    /// <summary>How it is doing.</summary>
    JournalHealth Health { get; }

    /// <summary>
    /// Appends a batch as one write and, by durability, one flush. On return it is safe. Revisions go on by one from the last appended;
    /// the batch must not change until then.
    /// </summary>
    /// <exception cref="ArgumentException">A revision does not follow the one before; nothing was appended.</exception>
    /// <exception cref="JournalUnavailableException">It could not be made safe (disk full, I/O error); nothing of the batch remains.</exception>
    ValueTask AppendAsync(IReadOnlyList<Change> batch, CancellationToken cancellationToken);

    /// <summary>
    /// Writes the whole state as of <paramref name="revision"/>, after which older segments are needed for history only, and drops history that
    /// is too old or too much. The instances are walked through while appends go on: they must be a copy.
    /// </summary>
    /// <param name="revision">The revision whose state it is; the journal has it.</param>
    /// <param name="time">The moment of that state (UTC).</param>
    /// <param name="instances">Every instance.</param>
    /// <param name="emptied">What is remembered of services without instances.</param>
    /// <param name="cancellationToken">Gives it up; nothing is lost.</param>
    /// <exception cref="JournalUnavailableException">It could not be written; nothing is lost. <see cref="WantsSnapshot"/> asks again after half a minute.</exception>
    ValueTask WriteSnapshotAsync(
        long revision, DateTimeOffset time, IEnumerable<Instance> instances, EmptiedServices emptied, CancellationToken cancellationToken);

    /// <summary>Changes since a moment, oldest first; those from before <see cref="HistoryCompleteSince"/> are gone.</summary>
    IAsyncEnumerable<Change> ReadHistoryAsync(DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>
    /// All instances (of one service, or of every service when null) as they were at a moment, with the revision of that moment;
    /// null when it lies before <see cref="HistoryCompleteSince"/>.
    /// </summary>
    ValueTask<PastState?> ReadStateAtAsync(DateTimeOffset at, string? service, CancellationToken cancellationToken);
}

/// <summary>What recovery found.</summary>
/// <param name="Revision">The last revision; 0 in a new journal.</param>
/// <param name="Instances">Every instance.</param>
/// <param name="Report">What had to be mended, in words for an operator; null when all was whole.</param>
public sealed record RecoveredState(long Revision, IReadOnlyList<Instance> Instances, string? Report)
{
    /// <summary>What is remembered of services without instances. Default: that there never was one.</summary>
    public EmptiedServices Emptied { get; init; } = EmptiedServices.None;
}

/// <summary>The catalog at a past moment.</summary>
/// <param name="Revision">The node's revision at that moment.</param>
/// <param name="Instances">The instances asked for.</param>
public sealed record PastState(long Revision, IReadOnlyList<Instance> Instances);

/// <summary>How a journal is doing.</summary>
/// <param name="Durability">When an appended change is safe.</param>
/// <param name="Directory">Where it is; null in memory.</param>
/// <param name="Bytes">Bytes on disk.</param>
/// <param name="Segments">Segments on disk.</param>
/// <param name="Problem">Why it cannot be written and what to do; null again once a write, or a probe of the disk every second, went well.</param>
public sealed record JournalHealth(Durability Durability, string? Directory, long Bytes, int Segments, string? Problem);

/// <summary>A batch could not be made safe: disk full or an I/O error. Nothing of it remains.</summary>
public sealed class JournalUnavailableException : IOException
{
    /// <summary>Says what was tried, why it failed and what to do.</summary>
    public JournalUnavailableException(string message, bool isFull, Exception innerException)
        : base(message, innerException) => IsFull = isFull;

    /// <summary>True when the disk is full.</summary>
    public bool IsFull { get; }
}

/// <summary>The journal is damaged in the middle; starting would guess. The message names file, offset and the repair command.</summary>
public sealed class JournalCorruptException : IOException
{
    /// <summary>Says where and how to repair.</summary>
    public JournalCorruptException(string message, string file, long offset, string problem)
        : base(message)
    {
        File = file;
        Offset = offset;
        Problem = problem;
    }

    /// <summary>The damaged file.</summary>
    public string File { get; }

    /// <summary>Where in it the damage begins, in bytes.</summary>
    public long Offset { get; }

    /// <summary>What is wrong there, without the advice.</summary>
    public string Problem { get; }
}
