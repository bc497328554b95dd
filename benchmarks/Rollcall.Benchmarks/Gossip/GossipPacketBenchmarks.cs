using System.Text;
using BenchmarkDotNet.Attributes;
using Rollcall.Gossip;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Wire;

namespace Rollcall.Benchmarks.Gossip;

/// <summary>A datagram from its wrappers to its decoded messages, and the way out.</summary>
[MemoryDiagnoser]
public class GossipPacketBenchmarks : IDisposable
{
    private readonly byte[] _message = new byte[1024];
    private PacketReader _reader = null!;
    private PacketWriter _writer = null!;
    private byte[][] _messages = [];
    private byte[] _datagram = [];
    private DecodingSink _sink;

    /// <summary>A probe with what it carries along, or a full packet of gossip.</summary>
    [Params("ping and suspect", "14 alives")]
    public string Content { get; set; } = "";

    [Params("crc", "crc, encrypted", "crc, compressed")]
    public string Wrapping { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        var options = new WireOptions
        {
            Keyring = Wrapping.Contains("encrypted", StringComparison.Ordinal) ? new(GossipKey.Generate()) : new(),
            Compress = Wrapping.Contains("compressed", StringComparison.Ordinal),
        };
        _reader = new(options);
        _writer = new(options);
        _messages = Content.Contains("ping", StringComparison.Ordinal) ? [Ping(), Suspect()] : [.. Enumerable.Range(0, 14).Select(Alive)];
        _datagram = Write().ToArray();
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _reader.Dispose();
        _writer.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Description = "write a packet")]
    [Target(MaxNanoseconds = 20_000, MaxBytes = 0)]
    public int WritePacket() => Write().Length;

    [Benchmark(Description = "receive a packet")]
    [Target(MaxNanoseconds = 5000, MaxBytes = 0)]
    public int Receive()
    {
        _reader.Read(_datagram, ref _sink);
        return _sink.Accepted;
    }

    private ReadOnlyMemory<byte> Write()
    {
        _writer.Begin(crc: true);
        foreach (var message in _messages)
            _writer.TryAdd(message);
        return _writer.Finish();
    }

    private byte[] Ping() =>
        _message[..MessageCodec.Write(_message, new Ping(70_000, "orders-7f9c"u8, NodeAddress.From([10, 0, 0, 7], 7946), "checkout-12ab"u8))];

    private byte[] Suspect() => _message[..MessageCodec.Write(_message, new Suspect(3, "orders-7f9c"u8, "checkout-12ab"u8))];

    private byte[] Alive(int i) => _message[..MessageCodec.Write(
        _message,
        new Alive((uint)i, Encoding.UTF8.GetBytes($"orders-{i}"), NodeAddress.From([10, 0, 0, (byte)i], 7946), [0xff, 0x80], ProtocolVersions.Default))];

    private struct DecodingSink : IPacketSink
    {
        public int Accepted { get; private set; }

        public void Accept(ReadOnlySpan<byte> message)
        {
            var read = (MessageType)message[0] switch
            {
                MessageType.Ping => MessageCodec.TryRead(message[1..], out Ping _, out _),
                MessageType.Suspect => MessageCodec.TryRead(message[1..], out Suspect _, out _),
                _ => MessageCodec.TryRead(message[1..], out Alive _, out _),
            };
            Accepted += read ? 1 : 0;
        }

        public void Refuse(string reason) => throw new InvalidOperationException(reason);
    }
}
