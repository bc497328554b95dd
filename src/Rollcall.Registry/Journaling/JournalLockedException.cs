namespace Rollcall.Registry.Journaling;

/// <summary>Another process has the journal open. The message names the directory, the process and what to do.</summary>
public sealed class JournalLockedException : IOException
{
    /// <summary>Says who holds it.</summary>
    public JournalLockedException(string message, int? processId, Exception innerException)
        : base(message, innerException) => ProcessId = processId;

    /// <summary>The process that holds it; null when it could not be learned.</summary>
    public int? ProcessId { get; }
}
