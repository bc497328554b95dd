using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using Rollcall.Registry.Journaling;

namespace Rollcall.Registry.Tests.Journaling;

/// <summary>
/// A real disk that fails when told to, counts what is asked of it, and can lose power: then of what was not flushed only some sectors, in
/// any order, are there afterwards.
/// </summary>
internal sealed class FaultyDisk : IDisk
{
    public const int NoSpace = 28;
    public const int InputOutput = 5;
    private const int SectorBytes = 512;
    private readonly Disk _disk = new();
    private readonly ConditionalWeakTable<SafeFileHandle, FileState> _files = [];
    private readonly Dictionary<string, FileState> _byPath = new(StringComparer.Ordinal);

    /// <summary>Thrown by the next write, after half of the bytes are in the file.</summary>
    public IOException? FailWrite { get; set; }

    /// <summary>Thrown by the next flush of a file.</summary>
    public IOException? FailFlush { get; set; }

    /// <summary>Thrown by the next change of a file's length.</summary>
    public IOException? FailSetLength { get; set; }

    /// <summary>Nothing works any more.</summary>
    public bool IsDead { get; set; }

    public int Writes { get; private set; }

    public int Flushes { get; private set; }

    public static IOException Full() => new("No space left on device", NoSpace);

    public static IOException Broken() => new("Input/output error", InputOutput);

    public SafeFileHandle Create(string path)
    {
        ThrowIfDead();
        return Track(path, _disk.Create(path), []);
    }

    public SafeFileHandle Open(string path)
    {
        ThrowIfDead();
        return Track(path, _disk.Open(path), File.ReadAllBytes(path));
    }

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        ThrowIfDead();
        Writes++;
        if (FailWrite is { } failure)
        {
            FailWrite = null;
            _disk.Write(file, bytes[..(bytes.Length / 2)], offset);
            throw failure;
        }

        _disk.Write(file, bytes, offset);
    }

    public ValueTask WriteAsync(SafeFileHandle file, ReadOnlyMemory<byte> bytes, long offset, CancellationToken cancellationToken)
    {
        Write(file, bytes.Span, offset);
        return ValueTask.CompletedTask;
    }

    public void Flush(SafeFileHandle file)
    {
        ThrowIfDead();
        Flushes++;
        if (FailFlush is { } failure)
        {
            FailFlush = null;
            throw failure;
        }

        _disk.Flush(file);
        if (_files.TryGetValue(file, out var state))
            state.Durable = File.ReadAllBytes(state.Path);
    }

    public void SetLength(SafeFileHandle file, long length)
    {
        ThrowIfDead();
        if (FailSetLength is { } failure)
        {
            FailSetLength = null;
            throw failure;
        }

        _disk.SetLength(file, length);
    }

    public void Rename(string from, string to)
    {
        ThrowIfDead();
        _disk.Rename(from, to);
        if (!_byPath.Remove(from, out var state))
            return;
        state.Path = to;
        _byPath[to] = state;
    }

    public void Delete(string path)
    {
        ThrowIfDead();
        _disk.Delete(path);
        _byPath.Remove(path);
    }

    public void FlushDirectory(string directory)
    {
        ThrowIfDead();
        _disk.FlushDirectory(directory);
    }

    /// <summary>Leaves of every file what a disk may hold after the power went: what was flushed, and any of the sectors written since.</summary>
    public void LosePower(Random random)
    {
        IsDead = true;
        foreach (var state in _byPath.Values)
        {
            var written = File.ReadAllBytes(state.Path);
            var kept = new byte[Math.Max(state.Durable.Length, random.Next(Math.Min(state.Durable.Length, written.Length), written.Length + 1))];
            state.Durable.CopyTo(kept, 0);
            for (var sector = 0; sector < kept.Length; sector += SectorBytes)
            {
                var bytes = Math.Min(SectorBytes, Math.Min(kept.Length, written.Length) - sector);
                if (bytes > 0 && random.Next(2) == 0)
                    written.AsSpan(sector, bytes).CopyTo(kept.AsSpan(sector));
            }

            File.WriteAllBytes(state.Path, kept);
        }
    }

    private SafeFileHandle Track(string path, SafeFileHandle file, byte[] durable)
    {
        var state = new FileState(path, durable);
        _files.Add(file, state);
        _byPath[path] = state;
        return file;
    }

    private void ThrowIfDead()
    {
        if (IsDead)
            throw Broken();
    }

    private sealed class FileState(string path, byte[] durable)
    {
        public string Path { get; set; } = path;

        public byte[] Durable { get; set; } = durable;
    }
}
