using Rollcall.Watching;

namespace Rollcall.Sources;

/// <summary>What tells one state of a file from another without reading it.</summary>
internal readonly record struct FileStamp(DateTime WrittenUtc, long Length)
{
    /// <summary>The stamp of the file behind <paramref name="path"/>, links followed; null when there is none to be had.</summary>
    public static FileStamp? Of(string path)
    {
        try
        {
            // Through a handle, because the times of a path are those of a link, not of what it points to.
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return new FileStamp(File.GetLastWriteTimeUtc(handle), RandomAccess.GetLength(handle));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>Notices that a file may have changed: the operating system tells, and a slow poll makes sure.</summary>
internal sealed class FileChanges : IDisposable
{
    private readonly string _path;
    private readonly FileSourceOptions _options;
    private readonly TimeProvider _time;
    private readonly Signal _touched = new();
    private readonly FileSystemWatcher? _watcher;

    public FileChanges(string path, FileSourceOptions options, TimeProvider time)
    {
        _path = path;
        _options = options;
        _time = time;
        _watcher = options.UseNotifications ? TryNotify() : null;
    }

    /// <summary>Completes when something touches the file; take it before reading.</summary>
    public Task Touched => _touched.Next;

    /// <summary>Waits until the file has been touched or looks different from <paramref name="stamp"/>, and then for the writer to finish.</summary>
    public async Task WaitAsync(Task touched, FileStamp? stamp, CancellationToken cancellationToken)
    {
        while (!touched.IsCompleted)
        {
            await touched.WaitAsync(_options.PollInterval, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            if (FileStamp.Of(_path) != stamp)
                break;
        }

        await Task.Delay(_options.Debounce, _time, cancellationToken);
    }

    public void Dispose() => _watcher?.Dispose();

    private FileSystemWatcher? TryNotify()
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(Path.GetDirectoryName(_path)!)
            {
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            watcher.Changed += OnTouched;
            watcher.Created += OnTouched;
            watcher.Deleted += OnTouched;
            watcher.Renamed += OnTouched;
            // Events were lost: anything may have happened.
            watcher.Error += (_, _) => _touched.Set();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception error) when (error is IOException or ArgumentException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            // No directory yet, or the system's limit of notifications is reached: the poll finds changes, only later.
            watcher?.Dispose();
            return null;
        }
    }

    private void OnTouched(object sender, FileSystemEventArgs change)
    {
        // A ConfigMap is swapped by renaming the directory link "..data", which the file's own name never shows.
        var name = Path.GetFileName(_path);
        if (Is(change.Name) || (change is RenamedEventArgs renamed && Is(renamed.OldName)))
            _touched.Set();

        bool Is(string? found) => found is null || string.Equals(found, name, StringComparison.Ordinal) || found.StartsWith("..", StringComparison.Ordinal);
    }
}
