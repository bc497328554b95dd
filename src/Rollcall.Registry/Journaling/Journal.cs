using Microsoft.Extensions.Logging;

namespace Rollcall.Registry.Journaling;

/// <summary>Opens journals.</summary>
public static class Journal
{
    /// <summary>Opens the journal that <paramref name="options"/> describe, or makes it, and recovers what it holds.</summary>
    /// <exception cref="JournalCorruptException">It is damaged in the middle; the message names file, offset and the repair command.</exception>
    /// <exception cref="JournalLockedException">Another process has it open; the message names the process.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static Task<IJournal> OpenAsync(
        JournalOptions options,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(loggers);
        var violations = string.Join(' ', options.Violations());
        if (violations.Length > 0)
            throw new ArgumentException(violations, nameof(options));
        cancellationToken.ThrowIfCancellationRequested();
        if (options.Durability == Durability.Memory)
            return Task.FromResult<IJournal>(new MemoryJournal(options, time));
        throw new NotImplementedException();
    }
}
