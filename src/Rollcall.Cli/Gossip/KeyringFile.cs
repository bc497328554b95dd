using System.Globalization;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text.Json;
using Rollcall.Gossip;

namespace Rollcall.Cli.Gossip;

/// <summary>The keys of a cluster in a file, as Serf keeps them: a JSON array of base64, the key that encrypts first.</summary>
internal sealed class KeyringFile(string path)
{
    private const int MaxBytes = 64 * 1024;
    private const string Advice = "A keyring is a JSON array of keys in base64, the one that encrypts first: [\"…\", \"…\"].";
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private const UnixFileMode OwnerAndGroup = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    private readonly Lock _saving = new();

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Whether others than its owner may read or change it.</summary>
    public bool IsOpenToOthers => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(Path) & Others) != UnixFileMode.None;

    /// <exception cref="CliException">It cannot be read, or is no keyring. The message shows nothing of what is in it.</exception>
    public GossipKeyring Load()
    {
        var keys = new List<GossipKey>();
        foreach (var text in Read())
        {
            if (!GossipKey.TryParse(text, out var key))
                throw Wrong(string.Create(CultureInfo.InvariantCulture, $"entry {keys.Count + 1} is no key, which is 16, 24 or 32 bytes in base64"));
            keys.Add(key);
        }

        return keys.Count > 0 ? new(keys) : throw Wrong("there is no key in it");
    }

    /// <summary>As <see cref="Save"/>, but returns at the latest after a time; the file is then written later, or not.</summary>
    /// <exception cref="IOException">They could not be written, or not in time.</exception>
    public bool SaveWithin(TimeSpan limit, GossipKeyring keyring)
    {
        var saving = Task.Run(() => Save(keyring));
        if (((IAsyncResult)saving).AsyncWaitHandle.WaitOne(limit))
            return saving.GetAwaiter().GetResult();
        _ = saving.ContinueWith(static late => late.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        throw new IOException(string.Create(CultureInfo.InvariantCulture, $"the keyring file could not be written within {limit.TotalSeconds:0.#} s, so the next start may have the old keys"));
    }

    /// <summary>Keeps the keys as they are now. A crash, a full disk or a lost power supply leaves the old ones or the new ones, and nothing in between.</summary>
    /// <returns>False where the file has them already.</returns>
    /// <exception cref="IOException">They could not be written; the file is as it was.</exception>
    public bool Save(GossipKeyring keyring)
    {
        lock (_saving)
        {
            try
            {
                string[] keys = [.. keyring.Keys.Select(static key => key.ToBase64())];
                var file = Target();
                if (Has(file, keys))
                    return false;
                Replace(file, keys);
                return true;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new IOException($"the keyring file could not be written, so the next start has the old keys: {error.Message}", error);
            }
        }
    }

    // What a link leads to, or the link would be replaced, and what is kept elsewhere would stay as it was.
    private string Target() => File.ResolveLinkTarget(Path, returnFinalTarget: true)?.FullName ?? Path;

    // Whoever asks for a change again wants to know that it is kept, and not have it written again.
    private static bool Has(string file, string[] keys)
    {
        try
        {
            return new FileInfo(file) is { Exists: true, Length: <= MaxBytes }
                && JsonSerializer.Deserialize(File.ReadAllBytes(file), ControlText.Line.IReadOnlyListString) is { } kept
                && kept.SequenceEqual(keys, StringComparer.Ordinal);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // Beside it, so that it can take its place in one step; by a name that no other process takes, and for its owner alone from the first byte.
    private static void Replace(string file, string[] keys)
    {
        var next = $"{file}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}.new";
        try
        {
            Write(next, keys);
            if (!OperatingSystem.IsWindows())
                KeepAccess(file, next);
            File.Move(next, file, overwrite: true);
        }
        catch
        {
            TryDelete(next);
            throw;
        }

        if (!OperatingSystem.IsWindows())
            UnixSystem.Flush(System.IO.Path.GetDirectoryName(file)!);
    }

    // An agent beside the node may read the file by its owner or group. What everybody could, nobody can any more; nor the group where it cannot be kept.
    [UnsupportedOSPlatform("windows")]
    private static void KeepAccess(string file, string next)
    {
        if (File.Exists(file) && UnixSystem.TryGiveAs(file, next))
            File.SetUnixFileMode(next, File.GetUnixFileMode(file) & OwnerAndGroup);
    }

    private static void Write(string path, string[] keys)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        file.Write(JsonSerializer.SerializeToUtf8Bytes(keys, ControlText.Indented.IReadOnlyListString));
        file.Write("\n"u8);
        file.Flush(flushToDisk: true);
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is for its owner alone.
        }
    }

    private IReadOnlyList<string> Read()
    {
        try
        {
            using var file = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > MaxBytes)
                throw Wrong(string.Create(CultureInfo.InvariantCulture, $"it has {file.Length} bytes, more than any keyring"));
            return JsonSerializer.Deserialize(file, ControlText.Line.IReadOnlyListString) ?? throw Wrong("it is no JSON array of texts");
        }
        catch (JsonException)
        {
            // Its own words could show a part of a key.
            throw Wrong("it is no JSON array of texts");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Wrong(error.Message.TrimEnd('.'));
        }
    }

    private CliException Wrong(string reason) => new(ExitCode.WrongUsage, $"the keyring {Path} cannot be used: {reason}.", Advice);
}
