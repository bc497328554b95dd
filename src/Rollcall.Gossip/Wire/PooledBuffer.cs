using System.Buffers;

namespace Rollcall.Gossip.Wire;

/// <summary>Bytes that grow up to a limit, in arrays of the pool. One caller at a time.</summary>
internal sealed class PooledBuffer(int limit) : IBufferWriter<byte>, IDisposable
{
    private const int FirstBytes = 1024;

    private byte[] _array = [];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _array.AsMemory(0, Length);

    /// <summary>Bytes taken from the pool.</summary>
    public int Capacity => _array.Length;

    /// <summary>Bytes there may still be.</summary>
    public int Room => limit - Length;

    /// <summary>More was asked for than the limit allows.</summary>
    public bool IsOverrun { get; private set; }

    /// <summary>Some place, at least as large as is asked for. Throws <see cref="InvalidOperationException"/> above the limit, which callers check by <see cref="Room"/>.</summary>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        var wanted = Length + Math.Max(sizeHint, 1);
        IsOverrun |= wanted > limit;
        if (wanted > limit)
            throw new InvalidOperationException("The buffer is at its limit.");
        if (wanted > _array.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Min(limit, Math.Max(wanted, Math.Max(FirstBytes, 2 * _array.Length))));
            _array.AsSpan(0, Length).CopyTo(larger);
            Return();
            _array = larger;
        }

        return _array.AsMemory(Length, Math.Min(_array.Length, limit) - Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _array.Length - Length);
        Length += count;
    }

    public void Clear() => Length = 0;

    public void Dispose()
    {
        Return();
        _array = [];
        Length = 0;
    }

    private void Return()
    {
        if (_array.Length > 0)
            ArrayPool<byte>.Shared.Return(_array);
    }
}
