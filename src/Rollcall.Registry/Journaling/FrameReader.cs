using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Rollcall.Registry.Journaling;

/// <summary>What a reader came upon.</summary>
internal enum ReadStep
{
    /// <summary>A record.</summary>
    Record = 0,

    /// <summary>More must be read from the file first.</summary>
    NeedsData = 1,

    /// <summary>The end, right behind a record.</summary>
    End = 2,

    /// <summary>Bytes that are no record.</summary>
    Damaged = 3,
}

/// <summary>Takes a part of a file apart into payloads, checking length and checksum of each. One buffer, borrowed.</summary>
internal sealed class FrameReader(SafeFileHandle file, long start, long end) : IDisposable
{
    private const int ChunkBytes = 256 * 1024;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
    private int _from;
    private int _to;
    private int _wanted;
    private long _end = end;

    /// <summary>Where the record last returned, or the damage, begins.</summary>
    public long Offset { get; private set; } = start;

    /// <summary>Where the next record begins.</summary>
    public long Position { get; private set; } = start;

    /// <summary>What is wrong at <see cref="Offset"/>.</summary>
    public string? Damage { get; private set; }

    public ReadStep Step(out ReadOnlySpan<byte> payload)
    {
        payload = default;
        Offset = Position;
        var left = _end - Position;
        if (left == 0)
            return ReadStep.End;
        if (left < RecordBuffer.FrameBytes)
            return Damaged("the record is incomplete");
        var buffered = _buffer.AsSpan(_from, _to - _from);
        if (buffered.Length < RecordBuffer.FrameBytes)
            return Need(RecordBuffer.FrameBytes);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(buffered);
        if (length is 0 or > RecordBuffer.MaxPayloadBytes)
            return Damaged("the length of the record is impossible");
        var whole = RecordBuffer.FrameBytes + (int)length;
        if (left < whole)
            return Damaged("the record is incomplete");
        if (buffered.Length < whole)
            return Need(whole);
        payload = buffered[RecordBuffer.FrameBytes..whole];
        if (BinaryPrimitives.ReadUInt32LittleEndian(buffered[4..]) != RecordBuffer.Checksum(buffered[..4], payload))
            return Damaged("the checksum of the record is wrong");
        _from += whole;
        Position += whole;
        return ReadStep.Record;
    }

    public void Fill()
    {
        MakeRoom();
        Took(RandomAccess.Read(file, Room(), Position + _to));
    }

    public async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        MakeRoom();
        Took(await RandomAccess.ReadAsync(file, _buffer.AsMemory(_to, (int)Math.Min(_buffer.Length - _to, _end - Position - _to)), Position + _to, cancellationToken));
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private ReadStep Need(int bytes)
    {
        _wanted = bytes;
        return ReadStep.NeedsData;
    }

    private ReadStep Damaged(string damage)
    {
        Damage = damage;
        return ReadStep.Damaged;
    }

    private Span<byte> Room() => _buffer.AsSpan(_to, (int)Math.Min(_buffer.Length - _to, _end - Position - _to));

    // Afterwards the buffer begins at Position.
    private void MakeRoom()
    {
        var rest = _buffer.AsSpan(_from, _to - _from);
        if (_wanted > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_wanted);
            rest.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        else
        {
            rest.CopyTo(_buffer);
        }

        _to = rest.Length;
        _from = 0;
    }

    // A file that became shorter than it was when it was measured ends here.
    private void Took(int bytes)
    {
        if (bytes == 0)
            _end = Position + _to;
        _to += bytes;
    }
}
