using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using Rollcall.Sources.Dns;
using Rollcall.Sources.Dns.Resolving;
using Rollcall.Sources.Dns.Wire;

namespace Rollcall.Benchmarks;

/// <summary>The codec on an answer of twenty addresses, and a name that is known, beside the platform's resolver on a name that needs no network.</summary>
[MemoryDiagnoser]
public class DnsBenchmarks
{
    private const string Name = "orders.shop.svc.cluster.local";

    private readonly byte[] _query = new byte[DnsQuery.MaxLength];
    private readonly ServiceTarget _target = ServiceTarget.Parse("dns:///localhost:80");
    private byte[] _answer = [];
    private DnsSource _source = null!;
    private LookupKey _key = null!;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _answer = Answer(20);
        _source = new DnsSource(new DnsSourceOptions { MinInterval = TimeSpan.FromHours(1), MaxInterval = TimeSpan.FromHours(1) });
        _key = DnsTarget.Parse(_target, DnsAddressFamily.Any).Addresses!;
        await _source.Cache.GetAsync(_key, long.MinValue, CancellationToken.None);
    }

    [Target(MaxBytes = 0)]
    [Benchmark(Description = "encode a question")]
    public int Encode() => DnsQuery.Encode(_query, 7, Name, RecordType.A, edns: true);

    [Benchmark(Description = "decode 20 addresses")]
    public int Decode() => DnsResponse.Decode(_answer).Records.Length;

    [Target(MaxNanoseconds = 5000)]
    [Benchmark(Description = "encode and decode")]
    public int Both() => Encode() + Decode();

    [Target(MaxNanoseconds = 50, MaxBytes = 0)]
    [Benchmark(Description = "a known name")]
    public int Known()
    {
        var lookup = _source.Cache.GetAsync(_key, long.MinValue, CancellationToken.None);
        return lookup.IsCompletedSuccessfully ? lookup.Result.Findings.Records.Length : throw new InvalidOperationException("It is not known.");
    }

    [Benchmark(Description = "of that, reading the clock")]
    public long Clock() => TimeProvider.System.GetTimestamp();

    [Benchmark(Description = "a known target, as a set of endpoints")]
    public async Task<int> DiscoverAsync() => (await _source.DiscoverAsync(_target, CancellationToken.None)).Endpoints.Length;

    [Benchmark(Baseline = true, Description = "System.Net.Dns, localhost")]
    public async Task<int> PlatformAsync() => (await System.Net.Dns.GetHostAddressesAsync("localhost")).Length;

    private static byte[] Answer(int count)
    {
        var question = new byte[DnsQuery.MaxLength];
        var length = DnsQuery.Encode(question, 7, Name, RecordType.A, edns: false);
        var message = new byte[length + (count * 16)];
        question.AsSpan(0, length).CopyTo(message);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), 0x8180);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), (ushort)count);
        for (var i = 0; i < count; i++)
            ((ReadOnlySpan<byte>)[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4, 10, 0, 0, (byte)i]).CopyTo(message.AsSpan(length + (i * 16)));
        return message;
    }
}
