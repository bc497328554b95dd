using BenchmarkDotNet.Attributes;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Wire;

namespace Rollcall.Benchmarks.Gossip;

/// <summary>A probe to bytes and back, which every node does all the time for itself and for others.</summary>
[MemoryDiagnoser]
public class GossipCodecBenchmarks
{
    private readonly byte[] _buffer = new byte[256];
    private readonly byte[] _node = "orders-7f9c"u8.ToArray();
    private readonly byte[] _source = "checkout-12ab"u8.ToArray();
    private readonly NodeAddress _address = NodeAddress.From([10, 0, 0, 7], 7946);
    private byte[] _ping = [];

    [GlobalSetup]
    public void Setup() => _ping = _buffer[..WritePing()];

    [Benchmark(Description = "write a ping")]
    [Target(MaxNanoseconds = 500, MaxBytes = 0)]
    public int WritePing() => MessageCodec.Write(_buffer, new Ping(70_000, _node, _address, _source));

    [Benchmark(Description = "read a ping")]
    [Target(MaxNanoseconds = 500, MaxBytes = 0)]
    public uint ReadPing() => MessageCodec.TryRead(_ping.AsSpan(1), out Ping ping, out _) ? ping.SeqNo : 0;

    [Benchmark(Description = "write and read a ping and its ack")]
    [Target(MaxNanoseconds = 1000, MaxBytes = 0)]
    public uint Probe()
    {
        var written = MessageCodec.Write(_buffer, new Ping(70_000, _node, _address, _source));
        if (!MessageCodec.TryRead(_buffer.AsSpan(1, written - 1), out Ping ping, out _))
            return 0;
        written = MessageCodec.Write(_buffer, new Ack(ping.SeqNo, default));
        return MessageCodec.TryRead(_buffer.AsSpan(1, written - 1), out Ack ack, out _) ? ack.SeqNo : 0;
    }
}
