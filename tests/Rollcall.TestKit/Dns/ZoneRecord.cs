using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Rollcall.TestKit.Dns;

/// <summary>A record of a zone, as a test writes it. Names have no dot at the end; the root is <c>.</c>.</summary>
/// <param name="Name">Whose.</param>
/// <param name="Type">Its number: 1 A, 2 NS, 5 CNAME, 6 SOA, 28 AAAA, 33 SRV.</param>
/// <param name="Ttl">Seconds.</param>
/// <param name="Write">Writes its data.</param>
public sealed record ZoneRecord(string Name, ushort Type, uint Ttl, Action<DnsMessageWriter> Write)
{
    public const ushort A = 1;
    public const ushort Ns = 2;
    public const ushort Cname = 5;
    public const ushort Soa = 6;
    public const ushort Aaaa = 28;
    public const ushort Srv = 33;

    /// <summary>What it points to; null when to nothing.</summary>
    public string? Target { get; private init; }

    public static ZoneRecord Address(string name, string address, uint ttl = 1)
    {
        var parsed = IPAddress.Parse(address);
        return new ZoneRecord(name, parsed.AddressFamily == AddressFamily.InterNetwork ? A : Aaaa, ttl, writer => writer.Bytes(parsed.GetAddressBytes()));
    }

    public static ZoneRecord Service(string name, string target, int port, int priority = 0, int weight = 0, uint ttl = 1) =>
        new(name, Srv, ttl, writer =>
        {
            writer.Number((ushort)priority);
            writer.Number((ushort)weight);
            writer.Number((ushort)port);
            writer.Name(target, compress: false);
        }) { Target = target };

    public static ZoneRecord Alias(string name, string target, uint ttl = 1) => new(name, Cname, ttl, writer => writer.Name(target)) { Target = target };

    /// <summary>The record that says how long it holds that there is none.</summary>
    public static ZoneRecord Start(string zone, uint minimum, uint ttl = 3600) =>
        new(zone, Soa, ttl, writer =>
        {
            writer.Name("ns." + zone);
            writer.Name("keeper." + zone);
            Span<byte> numbers = stackalloc byte[20];
            BinaryPrimitives.WriteUInt32BigEndian(numbers, 1);
            BinaryPrimitives.WriteUInt32BigEndian(numbers[16..], minimum);
            writer.Bytes(numbers);
        });
}
