using System.Globalization;
using Rollcall.Sources.Dns.Wire;
using Rollcall.TestKit;
using Rollcall.TestKit.Dns;

namespace Rollcall.Tests.Sources.Dns.Wire;

/// <summary>The codec against a writer that shares nothing with it, and against everything a network may bring.</summary>
public sealed class DnsMessageProperties
{
    private const string Characters = "abcdefghijklmnopqrstuvwxyz0123456789-_*\\.\u0001\u00ff ";

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void What_is_written_is_read(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 200; i++)
        {
            var names = Enumerable.Range(0, 4).Select(_ => HostName(random)).ToArray();
            var records = Enumerable.Range(0, random.Next(30)).Select(_ => Record(random, names)).ToArray();
            var message = DnsMessageWriter.Answer((ushort)random.Next(65536), 0x8180, (names[0], ZoneRecord.A), records);

            var response = DnsResponse.Decode(message);

            Assert.Equal(names[0], response.QuestionName);
            Assert.Equal(records.Select(static record => (record.Name, (RecordType)record.Type, record.Ttl, record.Target)), response.Records.Select(static record => (record.Name, record.Type, record.TtlSeconds, record.Target)));
            // Told by the same writer: the data, octet for octet.
            Assert.Equal(message, DnsMessageWriter.Answer(response.Id, 0x8180, (response.QuestionName!, ZoneRecord.A), [.. response.Records.Select(Again)]));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_question_with_any_name_comes_back_in_the_answer(int seed)
    {
        var random = new Random(seed);
        var buffer = new byte[DnsQuery.MaxLength];
        for (var i = 0; i < 500; i++)
        {
            var labels = Enumerable.Range(0, random.Next(1, 6)).Select(_ => Enumerable.Range(0, random.Next(1, 40)).Select(_ => Characters[random.Next(Characters.Length)]));
            var name = string.Join('.', labels.Select(static label => string.Concat(label.Select(Escaped))));
            var length = DnsQuery.Encode(buffer, (ushort)i, name, RecordType.Aaaa, edns: random.Next(2) == 0);
            buffer[2] |= 0x80;

            var response = DnsResponse.Decode(buffer.AsSpan(0, length));

            Assert.Equal((name, RecordType.Aaaa, (ushort)i), (response.QuestionName, response.QuestionType, response.Id));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Any_input_is_an_answer_or_refused_and_never_anything_else(int seed)
    {
        var random = new Random(seed);
        var corpus = Corpus().ToArray();
        await Eventually.Within(Task.Run(() =>
        {
            for (var i = 0; i < 5000; i++)
            {
                var message = i % 10 == 0 ? Bytes(random) : Mutated(random, corpus[random.Next(corpus.Length)]);
                try
                {
                    var response = DnsResponse.Decode(message);
                    Assert.All(response.Records, static record => Assert.InRange(record.Name.Length, 1, DnsName.MaxTextLength));
                }
                catch (DnsFormatException)
                {
                    // Refused.
                }
                catch (Exception error)
                {
                    Assert.Fail($"seed {seed}, message {i}, {Convert.ToHexString(message)}: {error}");
                }
            }
        }));
    }

    private static IEnumerable<byte[]> Corpus()
    {
        yield return DnsMessageWriter.Answer(1, 0x8180, ("orders.test", 1), [.. Enumerable.Range(1, 20).Select(static i => ZoneRecord.Address("orders.test", $"10.0.0.{i}"))]);
        yield return DnsMessageWriter.Answer(2, 0x8183, ("gone.test", 28), [], [ZoneRecord.Start("test", 30)]);
        yield return DnsMessageWriter.Answer(
            3, 0x8180, ("_http._tcp.orders.test", 33),
            [.. Enumerable.Range(1, 5).Select(static i => ZoneRecord.Service("_http._tcp.orders.test", $"web-{i}.orders.test", 8080, i, i))],
            [ZoneRecord.Start("test", 30)],
            [.. Enumerable.Range(1, 5).Select(static i => ZoneRecord.Address($"web-{i}.orders.test", $"2001:db8::{i}"))]);
        yield return DnsMessageWriter.Answer(
            4, 0x8180, ("a.test", 1), [ZoneRecord.Alias("a.test", "b.test"), ZoneRecord.Alias("b.test", "c.test"), ZoneRecord.Address("c.test", "10.0.0.1")],
            additionals: [new ZoneRecord(".", 41, 0, static _ => { })]);
    }

    private static byte[] Bytes(Random random)
    {
        var bytes = new byte[random.Next(200)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Mutated(Random random, byte[] message)
    {
        var bytes = message.ToList();
        for (var i = random.Next(1, 6); i > 0 && bytes.Count > 1; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)(random.Next(2) == 0 ? 0xc0 : 0xff);
                    break;
                case 2:
                    bytes.RemoveRange(at, random.Next(1, bytes.Count - at + 1));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count / 2), bytes.Count / 4));
                    break;
                default:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
            }
        }

        return [.. bytes];
    }

    private static string HostName(Random random) =>
        string.Join('.', Enumerable.Range(0, random.Next(1, 5)).Select(_ => new string([.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => Characters[random.Next(36)])])));

    private static ZoneRecord Record(Random random, string[] names)
    {
        var name = names[random.Next(names.Length)];
        var ttl = (uint)random.Next();
        return random.Next(4) switch
        {
            0 => ZoneRecord.Address(name, $"10.{random.Next(256)}.0.{random.Next(256)}", ttl),
            1 => ZoneRecord.Address(name, $"2001:db8::{random.Next(65536):x}", ttl),
            2 => ZoneRecord.Alias(name, names[random.Next(names.Length)], ttl),
            _ => ZoneRecord.Service(name, names[random.Next(names.Length)], random.Next(65536), random.Next(65536), random.Next(65536), ttl),
        };
    }

    private static ZoneRecord Again(DnsRecord record) => record.Type switch
    {
        RecordType.Cname => ZoneRecord.Alias(record.Name, record.Target!, record.TtlSeconds),
        RecordType.Srv => ZoneRecord.Service(record.Name, record.Target!, record.Port, record.Priority, record.Weight, record.TtlSeconds),
        _ => ZoneRecord.Address(record.Name, record.Address!.ToString(), record.TtlSeconds),
    };

    private static string Escaped(char c) => c switch
    {
        '.' or '\\' => "\\" + c,
        <= ' ' or > '~' => string.Create(CultureInfo.InvariantCulture, $"\\{(int)c:000}"),
        _ => c.ToString(),
    };
}
