namespace Rollcall.Sources.Dns.Resolving;

/// <summary>
/// What a file says, read again once it has changed. A file that is not there says what an empty one would; one that cannot be read just now says what it said
/// before. Thread-safe.
/// </summary>
internal sealed class FollowedFile<T>(string path, int maxBytes, Func<string, T> parse)
    where T : class
{
    private State? _state;

    /// <summary>What it says now. Costs a look at the file's time and size.</summary>
    public T Read()
    {
        var stamp = FileStamp.Of(path);
        var state = Volatile.Read(ref _state);
        if (state is not null && state.Stamp == stamp)
            return state.Value;
        var text = stamp is null ? null : TryRead();
        if (text is null && stamp is not null && state is not null)
            return state.Value;
        state = new State(text is null ? null : stamp, parse(text ?? ""));
        Volatile.Write(ref _state, state);
        return state.Value;
    }

    private string? TryRead()
    {
        try
        {
            using var file = new StreamReader(path);
            if (file.BaseStream.Length > maxBytes)
                return null;
            return file.ReadToEnd();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private sealed record State(FileStamp? Stamp, T Value);
}
