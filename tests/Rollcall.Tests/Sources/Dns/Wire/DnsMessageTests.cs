using System.Net;
using Rollcall.Sources.Dns.Wire;
using Rollcall.TestKit;
using Rollcall.TestKit.Dns;

namespace Rollcall.Tests.Sources.Dns.Wire;

public sealed class DnsMessageTests
{
    private const ushort Flags = 0x8180;

    [Fact]
    public void A_question_is_written_as_the_standard_says()
    {
        var buffer = new byte[DnsQuery.MaxLength];

        var length = DnsQuery.Encode(buffer, 0xabcd, "a.bc", RecordType.Srv, edns: true);

        Assert.Equal("ABCD01000001000000000001" + "0161026263000021" + "0001" + "0000290" + "4D0000000000000", Convert.ToHexString(buffer, 0, length));
        Assert.Equal("ABCD01000001000000000000" + "0161026263000021" + "0001", Convert.ToHexString(buffer, 0, DnsQuery.Encode(buffer, 0xabcd, "a.bc", RecordType.Srv, edns: false)));
        Assert.Throws<DnsFormatException>(() => DnsQuery.Encode(buffer, 1, "a..b", RecordType.A, edns: true));
    }

    [Fact]
    public void Every_kind_of_record_is_read()
    {
        var message = DnsMessageWriter.Answer(
            7, Flags, ("_http._tcp.Orders.test", ZoneRecord.Srv),
            [ZoneRecord.Service("_http._tcp.orders.test", "web-1.orders.test", 8080, 10, 60, 30), ZoneRecord.Alias("orders.test", "shop.test", 31)],
            [ZoneRecord.Start("orders.test", 5, 32)],
            [ZoneRecord.Address("web-1.orders.test", "10.0.0.1", 33), ZoneRecord.Address("web-1.orders.test", "2001:db8::1", 34)]);

        var response = DnsResponse.Decode(message);

        Assert.Equal(7, response.Id);
        Assert.Equal(ResponseCode.NoError, response.Code);
        Assert.False(response.IsTruncated);
        Assert.Equal("_http._tcp.orders.test", response.QuestionName);
        Assert.Equal(RecordType.Srv, response.QuestionType);
        Assert.Equal(
            [
                new DnsRecord("_http._tcp.orders.test", RecordType.Srv, 30, RecordSection.Answer) { Priority = 10, Weight = 60, Port = 8080, Target = "web-1.orders.test" },
                new DnsRecord("orders.test", RecordType.Cname, 31, RecordSection.Answer) { Target = "shop.test" },
                new DnsRecord("orders.test", RecordType.Soa, 32, RecordSection.Authority) { MinimumSeconds = 5 },
                new DnsRecord("web-1.orders.test", RecordType.A, 33, RecordSection.Additional) { Address = IPAddress.Parse("10.0.0.1") },
                new DnsRecord("web-1.orders.test", RecordType.Aaaa, 34, RecordSection.Additional) { Address = IPAddress.Parse("2001:db8::1") },
            ],
            response.Records);
    }

    [Fact]
    public void Records_of_other_kinds_and_classes_are_passed_over_and_the_upper_bits_of_the_code_are_read()
    {
        var text = new ZoneRecord("a.test", 16, 1, static writer => writer.Bytes("\u0003abc"u8));
        var edns = new ZoneRecord(".", 41, 0x0100_0000, static _ => { });
        var message = DnsMessageWriter.Answer(1, Flags, ("a.test", ZoneRecord.A), [text, ZoneRecord.Address("a.test", "10.0.0.1")], additionals: [edns]);

        var response = DnsResponse.Decode(message);

        Assert.Equal("10.0.0.1", Assert.Single(response.Records).Address!.ToString());
        Assert.Equal(ResponseCode.BadVersion, response.Code);
    }

    [Fact]
    public void A_ttl_with_its_topmost_bit_set_counts_as_none()
    {
        var message = DnsMessageWriter.Answer(1, Flags, ("a.test", ZoneRecord.A), [ZoneRecord.Address("a.test", "10.0.0.1", 0x8000_0000), ZoneRecord.Address("a.test", "10.0.0.2", 0x7fff_ffff)]);

        Assert.Equal([0u, 0x7fff_ffffu], DnsResponse.Decode(message).Records.Select(static record => record.TtlSeconds));
    }

    [Theory]
    [InlineData("0001", "octets")]
    [InlineData("000101000001000000000000" + "0161000001" + "0001", "a question")]
    [InlineData("000181800002000000000000" + "0161000001" + "0001" + "0161000001" + "0001", "repeats 2")]
    [InlineData("000181800001FFFFFFFFFFFF" + "0161000001" + "0001", "announces 196605 records")]
    [InlineData("000181800001000000000000" + "C00C0001" + "0001", "not before it")]
    [InlineData("000181800001000000000000" + "C00E0001" + "0001", "not before it")]
    [InlineData("000181800001000000000000" + "8161000001" + "0001", "unknown kind")]
    [InlineData("000181800001000000000000" + "3F61000001" + "0001", "ends in the middle")]
    [InlineData("000181800001000000000000" + "0161000001" + "0003", "another class")]
    [InlineData("000181800001000100000000" + "0161000001" + "0001" + "C00C00010001000000000005" + "0102030405", "no address (5")]
    [InlineData("000181800001000100000000" + "0161000001" + "0001" + "C00C00010001000000000004" + "0102", "begins 2 before the end")]
    [InlineData("000181800001000100000000" + "0161000001" + "0001" + "C00C00050001000000000003" + "C00C00", "not 3 octets")]
    [InlineData("000181800001000100000000" + "0161000001" + "0001" + "C00C00210001000000000004" + "00010002", "ends in the middle")]
    public void What_makes_no_sense_is_refused_with_the_reason(string hex, string reason)
    {
        var error = Assert.Throws<DnsFormatException>(() => DnsResponse.Decode(Convert.FromHexString(hex)));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_of_255_octets_is_read_and_a_longer_one_refused()
    {
        var label = new string('a', 63);
        var longest = $"{label}.{label}.{label}.{label[..61]}";

        Assert.Equal(longest, DnsResponse.Decode(DnsMessageWriter.Answer(1, Flags, (longest, 1), [])).QuestionName);
        Assert.Contains("longer than 255", Assert.Throws<DnsFormatException>(() => DnsResponse.Decode(DnsMessageWriter.Answer(1, Flags, (longest + "a", 1), []))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_of_127_pointers_is_read_and_one_of_more_refused()
    {
        Assert.Equal(126, DnsResponse.Decode(Pointers(126)).Records.Length);
        Assert.Equal(127, DnsResponse.Decode(Pointers(127)).Records.Length);
        Assert.Contains("more than 127 pointers", Assert.Throws<DnsFormatException>(() => DnsResponse.Decode(Pointers(128))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_has_at_most_65535_octets()
    {
        var message = DnsMessageWriter.Answer(1, Flags, ("a.test", 1), []);

        Assert.Equal("a.test", DnsResponse.Decode([.. message, .. new byte[65535 - message.Length]]).QuestionName);
        Assert.Throws<DnsFormatException>(() => DnsResponse.Decode([.. message, .. new byte[65536 - message.Length]]));
    }

    [Fact]
    public void Reading_twenty_addresses_allocates_the_result_and_nothing_else()
    {
        var message = DnsMessageWriter.Answer(1, Flags, ("orders.test", 1), [.. Enumerable.Range(1, 20).Select(static i => ZoneRecord.Address("orders.test", $"10.0.0.{i}"))]);
        var response = DnsResponse.Decode(message);
        var allocated = Allocation.Of(() => DnsResponse.Decode(message));

        Assert.Equal(20, response.Records.Length);
        Assert.Single(response.Records.Select(static record => record.Name).Distinct(ReferenceEqualityComparer.Instance));
        // 20 addresses of 40 bytes, an array of 20 records of at most 56, the message itself and one name.
        Assert.InRange(allocated, 1, (20 * 40) + 24 + (20 * 56) + 80 + 48);
    }

    // Records of which each has the name of the one before, by pointing to the pointer there.
    private static byte[] Pointers(int records)
    {
        var writer = new DnsMessageWriter();
        foreach (var number in (ushort[])[1, Flags, 1, (ushort)records, 0, 0])
            writer.Number(number);
        writer.Name("a");
        writer.Number(1);
        writer.Number(1);
        var last = 12;
        for (var i = 0; i < records; i++)
        {
            var at = writer.Length;
            writer.Number((ushort)(0xc000 | last));
            writer.Bytes([0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 10, 0, 0, 1]);
            last = at;
        }

        return writer.ToArray();
    }
}
