namespace Rollcall.Sources;

/// <summary>How files are followed.</summary>
public sealed class FileSourceOptions
{
    /// <summary>
    /// How often a file's time and size are looked at, in case the operating system did not tell of a change (network file systems,
    /// links that are swapped, exhausted notification limits). Default: 2 s.
    /// </summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long to wait after a change for the writer to finish. Default: 50 ms.</summary>
    public TimeSpan Debounce { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Whether the operating system is asked to tell of changes; without, only <see cref="PollInterval"/> finds them. Default: true.</summary>
    public bool UseNotifications { get; set; } = true;
}
