namespace Rollcall.TestKit.Gossip;

/// <summary>Buffers of datagrams, used again and again.</summary>
internal sealed class SimulatedBytes
{
    private const int PacketSize = 2048;

    private readonly Stack<byte[]> _spare = [];

    public byte[] Copy(ReadOnlySpan<byte> bytes)
    {
        var copy = _spare.Count > 0 ? _spare.Pop() : new byte[PacketSize];
        bytes.CopyTo(copy);
        return copy;
    }

    public void Return(byte[] bytes) => _spare.Push(bytes);
}
