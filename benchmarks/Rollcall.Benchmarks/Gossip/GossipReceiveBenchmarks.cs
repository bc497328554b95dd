using System.Buffers.Binary;
using System.Text;
using BenchmarkDotNet.Attributes;
using Rollcall.Gossip;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;
using Rollcall.Gossip.Wire;

namespace Rollcall.Benchmarks.Gossip;

/// <summary>A datagram on its whole way through a node of a cluster of a hundred: unwrapped, decoded, believed or not, and what is to be sent for it wrapped, as it is given to the socket.</summary>
[MemoryDiagnoser]
public class GossipReceiveBenchmarks : IDisposable
{
    private const int Members = 100;
    private const int Incarnation = 70_000;

    private readonly byte[] _message = new byte[1024];
    private SwimCore _core = null!;
    private PacketReader _reader = null!;
    private PacketWriter _writer = null!;
    private byte[] _datagram = [];
    private byte[] _news = [];
    private int _newsAt;
    private uint _newest = Incarnation;
    private int _sent;

    [Params("ping", "alive that is known", "suspect that is known", "ping and nine rumours")]
    public string Content { get; set; } = "";

    [Params("crc", "crc, encrypted")]
    public string Wrapping { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        var options = new WireOptions { Keyring = Wrapping.Contains("encrypted", StringComparison.Ordinal) ? new(GossipKey.Generate()) : new() };
        _reader = new(options);
        _writer = new(options);
        _core = new(ProtocolSettings.Lan, Record(0), new(), new Random(1));
        _core.Start(0);
        for (var i = 1; i < Members; i++)
            _core.Know(Record(i), Incarnation, 0);
        _core.Receive(Suspect(2), AddressOf(1), 0);
        byte[][] messages = Content switch
        {
            "ping" => [Ping()],
            "alive that is known" => [Alive(1)],
            "suspect that is known" => [Suspect(2)],
            _ => [Ping(), Suspect(2), .. Enumerable.Range(3, 8).Select(Alive)],
        };
        var alive = Alive(1);
        _newsAt = alive.AsSpan().IndexOf("Incarnation"u8) + "Incarnation"u8.Length + 1;
        _news = alive;

        // What the node has to say of itself and of its suspect goes out with acks before the measurement.
        _datagram = Wrap(Ping());
        while (_core.QueueLength > 0)
            ReceivePacket();
        _datagram = Wrap(messages);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _reader.Dispose();
        _writer.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Description = "receive a packet and answer it")]
    [Target(MaxNanoseconds = 5000, MaxBytes = 0)]
    public int ReceivePacket()
    {
        var sink = new Sink(this);
        _reader.Read(_datagram, ref sink);
        return _sent;
    }

    [Benchmark(Description = "receive news of a member, which is gossiped on")]
    [Target(MaxNanoseconds = 5000, MaxBytes = 0)]
    public int ReceiveNews()
    {
        BinaryPrimitives.WriteUInt32BigEndian(_news.AsSpan(_newsAt), ++_newest);
        _core.Receive(_news, AddressOf(1), 0);
        return Send();
    }

    private int Send()
    {
        var effects = _core.Effects;
        foreach (ref readonly var packet in effects.Packets)
        {
            _writer.Begin(packet.Crc);
            foreach (var message in effects.MessagesOf(packet))
                _writer.TryAdd(message);
            _sent += _writer.Finish().Length;
        }

        effects.Clear();
        return _sent;
    }

    private byte[] Wrap(params byte[][] messages)
    {
        _writer.Begin(crc: true);
        foreach (var message in messages)
            _writer.TryAdd(message);
        return _writer.Finish().ToArray();
    }

    private static NodeAddress AddressOf(int i) => NodeAddress.From([10, 0, 0, (byte)i], 7946);

    private static NodeRecord Record(int i) => new(NameOf(i), AddressOf(i), [0xff, 0x80], ProtocolVersions.Default);

    private static byte[] NameOf(int i) => Encoding.UTF8.GetBytes($"orders-{i}");

    private byte[] Ping() => _message[..MessageCodec.Write(_message, new Ping(70_000, NameOf(0), AddressOf(1), NameOf(1)))];

    private byte[] Suspect(int i) => _message[..MessageCodec.Write(_message, new Suspect(Incarnation, NameOf(i), NameOf(1)))];

    private byte[] Alive(int i) => _message[..MessageCodec.Write(_message, new Alive(Incarnation, NameOf(i), AddressOf(i), [0xff, 0x80], ProtocolVersions.Default))];

    private readonly ref struct Sink(GossipReceiveBenchmarks node) : IPacketSink
    {
        public void Accept(ReadOnlySpan<byte> message)
        {
            node._core.Receive(message, AddressOf(1), 0);
            node.Send();
        }

        public void Refuse(string reason) => throw new InvalidOperationException(reason);
    }
}
