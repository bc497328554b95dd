using System.Globalization;
using System.Text;
using Rollcall.Etcd.Records;

namespace Rollcall.Etcd.Tests.Records;

public sealed class RecordSetTests
{
    [Theory]
    [InlineData("""{"Op":0,"Addr":"10.0.0.1:8080","Metadata":null}""", "a 10.0.0.1 http=8080 Ready 100 - ")]
    [InlineData("""{"Addr":"https://orders.shop:8443"}""", "a orders.shop https=8443 Ready 100 - ")]
    [InlineData("""{"Op":0,"Addr":"[::1]:80","Metadata":{"weight":5,"zone":"b","n":{"x":[1]},"s":"t"}}""", "a ::1 http=80 Ready 5 b n={\"x\":[1]};s=t;weight=5;zone=b")]
    [InlineData("""{"Addr":"10.0.0.1:1","Metadata":"blue"}""", "a 10.0.0.1 http=1 Ready 100 - metadata=blue")]
    [InlineData("""{"Addr":"10.0.0.1:1","Metadata":{"weight":"heavy"}}""", "a 10.0.0.1 http=1 Ready 100 - weight=heavy")]
    [InlineData("""{"address":"10.0.0.1","ports":{"http":80,"admin":81},"weight":7,"zone":"a","node":"n","metadata":{"v":"2"},"state":"draining","reason":"r","ttl":"10s"}""", "a 10.0.0.1 admin=81;http=80 Draining 7 a v=2")]
    [InlineData(" 10.0.0.1:80\n", "a 10.0.0.1 http=80 Ready 100 - ")]
    public void Records_of_each_layout_are_read(string value, string expected)
    {
        var endpoint = EtcdRecord.Read("a"u8, Encoding.UTF8.GetBytes(value))!;
        Assert.Equal(expected, string.Create(
            CultureInfo.InvariantCulture,
            $"{endpoint.Id} {endpoint.Host} {string.Join(';', endpoint.Ports.Select(static port => $"{port.Key}={port.Value}"))} {endpoint.State} {endpoint.Weight} {endpoint.Zone ?? "-"} {string.Join(';', endpoint.Metadata.Select(static label => $"{label.Key}={label.Value}"))}"));
    }

    [Fact]
    public void A_record_that_says_it_is_gone_is_neither_an_endpoint_nor_a_mistake()
    {
        var records = new RecordSet("orders/");
        records.Put("orders/a"u8.ToArray(), """{"Op":1,"Addr":"10.0.0.1:80"}"""u8, 1);
        Assert.Empty(records.ToAnswer().Endpoints);
        Assert.True(records.ToAnswer().Freshness.IsLive);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("10.0.0.1")]
    [InlineData("""{"Addr":"10.0.0.1:80"}}""")]
    [InlineData("""{"Addr":5}""")]
    [InlineData("""{"Addr":"unix:/x"}""")]
    [InlineData("""{"address":"10.0.0.1"}""")]
    [InlineData("""{"address":"10.0.0.1","ports":{}}""")]
    [InlineData("""{"address":"10.0.0.1","ports":{"http":0}}""")]
    [InlineData("""{"address":"10.0.0.1","ports":{"http":65536}}""")]
    [InlineData("""{"address":"a b","ports":{"http":80}}""")]
    [InlineData("""{"address":"a","ports":{"http":80},"state":"well"}""")]
    [InlineData("""{"address":"a","ports":{"http":80},"weight":101}""")]
    [InlineData("""{"address":"a","ports":{"http":80},"zone":5}""")]
    [InlineData("""{"Op":0,"Addr":"10.0.0.2:8080","Metadata":"\ud800"}""")]
    [InlineData("""{"Addr":"\udc00:80"}""")]
    [InlineData("""{"Addr":"10.0.0.2:80","Metadata":{"\ud800":"x"}}""")]
    [InlineData("""{"\ud800":1,"Addr":"10.0.0.2:80","Metadata":{"a":"\ud800\ud800"}}""")]
    [InlineData("""{"address":"a","ports":{"\udfff":80}}""")]
    public void One_that_makes_no_sense_is_left_out_and_told_and_the_others_stay(string value)
    {
        var records = new RecordSet("orders/");
        records.Put("orders/a"u8.ToArray(), "10.0.0.1:80"u8, 1);
        records.Put("orders/bad"u8.ToArray(), Encoding.UTF8.GetBytes(value), 2);
        var answer = records.ToAnswer();
        Assert.Equal("a", Assert.Single(answer.Endpoints).Id);
        Assert.Equal(FreshnessKind.Fallback, answer.Freshness.Kind);
        Assert.Contains("1 of 2 records in etcd under orders/", answer.Freshness.Reason, StringComparison.Ordinal);
        Assert.Contains("bad (", answer.Freshness.Reason, StringComparison.Ordinal);

        records.Delete("orders/bad"u8.ToArray());
        Assert.True(records.ToAnswer().Freshness.IsLive);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_no_id_and_no_value()
    {
        Assert.Throws<FormatException>(() => EtcdRecord.Read([0xFF], "10.0.0.1:80"u8));
        Assert.Throws<FormatException>(() => EtcdRecord.Read("a"u8, [0xFF, 0xFE]));
        Assert.Throws<FormatException>(() => EtcdRecord.Read(""u8, "10.0.0.1:80"u8));
        Assert.Throws<FormatException>(() => EtcdRecord.Read("a\nb"u8, "10.0.0.1:80"u8));
        var records = new RecordSet("orders/");
        records.Put([.. "orders/"u8, 0xFF], "10.0.0.1:80"u8, 1);
        records.Put([.. "orders/"u8, 0xFE], "10.0.0.1:80"u8, 1);
        Assert.Equal(2, records.Fingerprint.Count);
    }

    [Fact]
    public void Whatever_bytes_stand_in_a_value_no_other_record_suffers()
    {
        // Well-formed records with bytes changed, cut out and doubled reach further than noise does.
        byte[][] seeds =
        [
            """{"Op":0,"Addr":"10.0.0.2:8080","Metadata":{"zone":"\ud83d\ude00","weight":5,"x":[{"y":"z"}]}}"""u8.ToArray(),
            """{"address":"10.0.0.1","ports":{"http":80},"weight":7,"zone":"a","metadata":{"v":"\u00e9"},"state":"draining","reason":"é"}"""u8.ToArray(),
            "10.0.0.1:80"u8.ToArray(), "https://[::1]:8443"u8.ToArray(),
        ];
        byte[] odd = [0xFF, 0xC0, 0x80, 0xED, 0xA0, 0, (byte)'"', (byte)'\\', (byte)'{', (byte)'}', (byte)'d', (byte)'u', (byte)'9'];
        const int seed = 20261121;
        var random = new Random(seed);
        var kept = 0;
        for (var round = 0; round < 40_000; round++)
        {
            var value = new List<byte>(seeds[random.Next(seeds.Length)]);
            for (var change = random.Next(1, 5); change > 0 && value.Count > 0; change--)
            {
                var at = random.Next(value.Count);
                var with = random.Next(2) == 0 ? odd[random.Next(odd.Length)] : (byte)random.Next(256);
                switch (random.Next(4))
                {
                    case 0:
                        value.RemoveAt(at);
                        break;
                    case 1:
                        value.Insert(at, with);
                        break;
                    case 2:
                        value.RemoveRange(at, random.Next(value.Count - at));
                        break;
                    default:
                        value[at] = with;
                        break;
                }
            }

            var records = new RecordSet("s/");
            records.Put("s/a"u8.ToArray(), "10.0.0.1:80"u8, 1);
            try
            {
                records.Put([.. "s/b"u8, (byte)random.Next(256)], value.ToArray(), 2);
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {seed}, round {round}: {Convert.ToBase64String([.. value])}: {error}");
            }

            var answer = records.ToAnswer();
            Assert.Contains(answer.Endpoints, static endpoint => endpoint.Id == "a");
            kept += answer.Endpoints.Length - 1;
        }

        // Both sides were reached.
        Assert.InRange(kept, 1_000, 39_000);
    }

    [Fact]
    public void Limits_hold_at_the_limit_and_not_one_beyond()
    {
        Assert.NotNull(EtcdRecord.Read(Encoding.ASCII.GetBytes(new string('a', EtcdRecord.MaxIdBytes)), "10.0.0.1:80"u8));
        Assert.Throws<FormatException>(() => EtcdRecord.Read(Encoding.ASCII.GetBytes(new string('a', EtcdRecord.MaxIdBytes + 1)), "10.0.0.1:80"u8));
        Assert.NotNull(WithLabels(EtcdRecord.MaxLabels, EtcdRecord.MaxLabelLength));
        Assert.Throws<FormatException>(() => WithLabels(EtcdRecord.MaxLabels + 1, 1));
        Assert.Throws<FormatException>(() => WithLabels(1, EtcdRecord.MaxLabelLength + 1));

        static Endpoint? WithLabels(int count, int length) => EtcdRecord.Read("a"u8, Encoding.UTF8.GetBytes(
            "{\"Addr\":\"10.0.0.1:80\",\"Metadata\":{" + string.Join(',', Enumerable.Range(0, count).Select(i => $"\"l{i}\":\"{new string('x', length)}\"")) + "}}"));
    }

    [Fact]
    public void Any_change_that_was_missed_shows_in_the_fingerprint()
    {
        // Against an oracle: two sets that took the same changes are alike, and one that missed any that matters is not.
        var random = new Random(3);
        for (var round = 0; round < 300; round++)
        {
            RecordSet all = new("s/"), some = new("s/");
            var (ofAll, ofSome) = (new Dictionary<string, long>(StringComparer.Ordinal), new Dictionary<string, long>(StringComparer.Ordinal));
            var missing = random.Next(1, 12);
            for (var revision = 1; revision <= 12; revision++)
            {
                var (key, isDelete) = ($"s/{random.Next(4)}", random.Next(3) == 0);
                Take(all, ofAll, key, isDelete, revision);
                if (revision <= missing)
                    Take(some, ofSome, key, isDelete, revision);
            }

            var alike = ofAll.Count == ofSome.Count && ofAll.All(pair => ofSome.TryGetValue(pair.Key, out var revision) && revision == pair.Value);
            Assert.Equal(alike, all.Fingerprint == some.Fingerprint);
        }

        static void Take(RecordSet records, Dictionary<string, long> oracle, string key, bool isDelete, long revision)
        {
            if (isDelete)
            {
                records.Delete(Encoding.UTF8.GetBytes(key));
                oracle.Remove(key);
            }
            else
            {
                records.Put(Encoding.UTF8.GetBytes(key), "10.0.0.1:80"u8, revision);
                oracle[key] = revision;
            }
        }
    }
}
