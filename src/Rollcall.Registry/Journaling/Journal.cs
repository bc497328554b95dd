using Microsoft.Extensions.Logging;

namespace Rollcall.Registry.Journaling;

/// <summary>Opens journals.</summary>
public static partial class Journal
{
    /// <summary>Opens the journal that <paramref name="options"/> describe, or makes it, and recovers what it holds.</summary>
    /// <exception cref="JournalCorruptException">It is damaged in the middle; the message names file, offset and the repair command.</exception>
    /// <exception cref="JournalLockedException">Another process has it open; the message names the process.</exception>
    /// <exception cref="JournalUnavailableException">The directory cannot be made, read or written.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static Task<IJournal> OpenAsync(
        JournalOptions options,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken) => OpenAsync(options, time, loggers, new Disk(), cancellationToken);

    internal static Task<IJournal> OpenAsync(
        JournalOptions options,
        TimeProvider time,
        ILoggerFactory loggers,
        IDisk disk,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(loggers);
        var violations = string.Join(' ', options.Violations());
        if (violations.Length > 0)
            throw new ArgumentException(violations, nameof(options));
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult<IJournal>(options.Durability == Durability.Memory
            ? new MemoryJournal(options, time)
            : Open(options, time, loggers.CreateLogger(typeof(Journal)), disk, cancellationToken));
    }

    private static FileJournal Open(JournalOptions options, TimeProvider time, ILogger logger, IDisk disk, CancellationToken cancellationToken)
    {
        try
        {
            CreateDirectory(options.Directory, disk);
            var held = DirectoryLock.Take(options.Directory);
            try
            {
                return Open(options, time, logger, disk, held, cancellationToken);
            }
            catch
            {
                held.Dispose();
                throw;
            }
        }
        catch (Exception error) when (error is UnauthorizedAccessException
            || (error is IOException and not JournalCorruptException and not JournalLockedException))
        {
            throw JournalFailure.Describe("open", options.Directory, error);
        }
    }

    // A directory is safe only when the one it is in is flushed.
    private static void CreateDirectory(string directory, IDisk disk)
    {
        if (Directory.Exists(directory))
            return;
        var parent = Path.GetDirectoryName(Path.GetFullPath(directory).TrimEnd(Path.DirectorySeparatorChar));
        if (!string.IsNullOrEmpty(parent))
            CreateDirectory(parent, disk);
        Directory.CreateDirectory(directory);
        if (!string.IsNullOrEmpty(parent))
            disk.FlushDirectory(parent);
    }

    private static FileJournal Open(
        JournalOptions options,
        TimeProvider time,
        ILogger logger,
        IDisk disk,
        DirectoryLock held,
        CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        foreach (var path in JournalPaths.ListUnfinished(options.Directory))
            disk.Delete(path);
        SegmentWriter writer;
        if (new Recovery(options.Directory).Run(cancellationToken) is { } recovered)
        {
            writer = SegmentWriter.Continue(disk, options.Directory, time, recovered.Files.Last);
            if (recovered.Cut is { } cut)
                LogCut(logger, cut.Bytes, cut.File, cut.Offset);
            foreach (var path in recovered.DamagedSnapshots)
                LogDamagedSnapshot(logger, path);
        }
        else
        {
            writer = SegmentWriter.CreateFirst(disk, options.Directory, time);
            recovered = new RecoveredJournal(new JournalFiles([writer.Segment], [], [], null), new RecoveredState(0, [], null), 0, null, []);
        }

        LogOpened(logger, options.Directory, recovered.State.Revision, recovered.State.Instances.Count, time.GetElapsedTime(started).TotalMilliseconds);
        return new FileJournal(options, time, logger, disk, held, writer, recovered);
    }
}
