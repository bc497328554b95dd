using System.Buffers;
using System.Text;
using Rollcall.Node.Problems;
using Rollcall.Node.Requests;
using Rollcall.Registry;

namespace Rollcall.Node.Tests.Requests;

public sealed class RegistrationReaderTests
{
    [Fact]
    public void A_whole_registration_is_read_field_by_field()
    {
        var read = Accept(
            """
            {"address":"10.0.0.5","ports":{"http":8080,"admin":8081},"ttl":"1m30s","weight":7,"zone":"a","node":"m7",
             "metadata":{"version":"v2","empty":""},
             "checks":[{"http":"http://10.0.0.5:8080/health","interval":"5s","timeout":"250ms","failureThreshold":3,"successThreshold":2},{"tcp":"10.0.0.5:8080"}]}
            """);
        Assert.Equal("10.0.0.5", read.Address);
        Assert.Equal(new SmallMap<int>([new("http", 8080), new("admin", 8081)]), read.Ports);
        Assert.Equal(TimeSpan.FromSeconds(90), read.Ttl);
        Assert.Equal((7, "a", "m7"), (read.Weight, read.Zone, read.Node));
        Assert.Equal(new SmallMap<string>([new("version", "v2"), new("empty", "")]), read.Metadata);
        Assert.Equal(
            [
                new CheckDefinition
                {
                    Kind = CheckKind.Http,
                    Target = "http://10.0.0.5:8080/health",
                    Interval = TimeSpan.FromSeconds(5),
                    Timeout = TimeSpan.FromMilliseconds(250),
                    FailureThreshold = 3,
                    SuccessThreshold = 2,
                },
                new CheckDefinition { Kind = CheckKind.Tcp, Target = "10.0.0.5:8080" },
            ],
            read.Checks);
    }

    [Fact]
    public void What_is_not_given_or_null_has_its_default()
    {
        var expected = Accept("""{"address":"10.0.0.5","ports":{"http":8080}}""");
        var read = Accept(
            """{"address":"10.0.0.5","ports":{"http":8080},"ttl":null,"weight":null,"zone":null,"node":null,"metadata":null,"checks":null}""");
        Assert.Equal((expected.Ttl, expected.Weight, expected.Zone, expected.Node), (read.Ttl, read.Weight, read.Zone, read.Node));
        Assert.Equal(InstanceRegistration.DefaultTtl, read.Ttl);
        Assert.Equal(Endpoint.DefaultWeight, read.Weight);
        Assert.Empty(read.Metadata);
        Assert.Empty(read.Checks);
    }

    [Theory]
    [InlineData("""{"address":"h","ports":{"http":1},"later":{"deep":[1,{"x":[]}]},"more":1}""")]
    [InlineData("""{"later":"x\u0041\ud83d\ude00","address":"h","later":1,"ports":{"http":1}}""")]
    [InlineData("""{"\u0061ddress":"h","p\u006frts":{"http":1}}""")]
    [InlineData("  {\"address\":\"h\",\r\n\"ports\":{\"http\":1}}\t\n ")]
    public void Unknown_fields_escapes_and_blanks_are_no_matter(string body) => Assert.Equal("h", Accept(body).Address);

    [Theory]
    [InlineData("""{"address":1,"ports":{"http":1}}""", "address", "must be a text, got 1")]
    [InlineData("""{"address":"h","ports":{"http":"x"}}""", "ports.http", "must be a number from 1 to 65535, got 'x'")]
    [InlineData("""{"address":"h","ports":{"http":80.5}}""", "ports.http", "must be a number from 1 to 65535, got 80.5")]
    [InlineData("""{"address":"h","ports":{"http":99999999999999999999}}""", "ports.http", "must be a number from 1 to 65535, got 99999999999999999999")]
    [InlineData("""{"address":"h","ports":{"http":null}}""", "ports.http", "must be a number from 1 to 65535, got null")]
    [InlineData("""{"address":"h","ports":[80]}""", "ports", "must be an object such as {\"http\":8080}, got a list")]
    [InlineData("""{"address":"h","ports":{"http":1},"ttl":10}""", "ttl", "must be a duration such as 500ms, 10s, 1m30s, got 10")]
    [InlineData("""{"address":"h","ports":{"http":1},"ttl":"soon"}""", "ttl", "must be a duration such as 500ms, 10s, 1m30s, got 'soon'")]
    [InlineData("""{"address":"h","ports":{"http":1},"weight":"1"}""", "weight", "must be a whole number from 0 to 100, got '1'")]
    [InlineData("""{"address":"h","ports":{"http":1},"weight":1e999}""", "weight", "must be a whole number from 0 to 100, got 1e999")]
    [InlineData("""{"address":"h","ports":{"http":1},"zone":{}}""", "zone", "must be a text, got an object")]
    [InlineData("""{"address":"h","ports":{"http":1},"node":true}""", "node", "must be a text, got true")]
    [InlineData("""{"address":"h","ports":{"http":1},"metadata":"x"}""", "metadata", "must be an object of texts, got 'x'")]
    [InlineData("""{"address":"h","ports":{"http":1},"metadata":{"a":false}}""", "metadata.a", "must be a text, got false")]
    [InlineData("""{"address":"h","ports":{"http":1},"checks":{}}""", "checks", "must be a list such as [{\"http\":\"http://10.0.0.5:8080/health\"}], got an object")]
    [InlineData("""{"address":"h","ports":{"http":1},"checks":["x"]}""", "checks[0]", "must be an object such as {\"tcp\":\"10.0.0.5:8080\"}, got 'x'")]
    [InlineData("""{"address":"h","ports":{"http":1},"checks":[{"tcp":"h:1"},{}]}""", "checks[1]", "must have exactly one of http (a URL) and tcp (host:port)")]
    [InlineData("""{"address":"h","ports":{"http":1},"checks":[{"tcp":"h:1","http":"http://h"}]}""", "checks[0]", "must have exactly one of http (a URL) and tcp (host:port)")]
    [InlineData("""{"address":"h","ports":{"http":1},"checks":[{"tcp":8080}]}""", "checks[0].tcp", "must be a text, got 8080")]
    [InlineData("""{"address":"h","ports":{"http":1},"checks":[{"tcp":"h:1","interval":5}]}""", "checks[0].interval", "must be a duration such as 500ms, 10s, 1m30s, got 5")]
    [InlineData("""{"address":"h","ports":{"http":1},"checks":[{"tcp":"h:1","failureThreshold":"3"}]}""", "checks[0].failureThreshold", "must be a whole number from 1 to 10, got '3'")]
    [InlineData("""{"address":"h","address":"i","ports":{"http":1}}""", "address", "occurs twice")]
    [InlineData("""{"address":"h","ports":{"http":1,"http":2}}""", "ports.http", "occurs twice")]
    [InlineData("""{"address":"h","ports":{"http":1},"metadata":{"a":"1","b":"2","\u0061":"3"}}""", "metadata.a", "occurs twice")]
    [InlineData("""[]""", "body", "must be an object such as {\"address\":\"10.0.0.5\",\"ports\":{\"http\":8080}}, got a list")]
    [InlineData("null", "body", "must be an object such as {\"address\":\"10.0.0.5\",\"ports\":{\"http\":8080}}, got null")]
    public void A_wrong_type_is_refused_naming_the_field(string body, string field, string message)
    {
        var problem = Refuse(body);
        Assert.Same(ProblemKind.InvalidRequest, problem.Kind);
        Assert.Equal([new FieldError(field, message)], problem.Errors);
    }

    [Fact]
    public void Every_violation_is_reported_at_once_types_and_rules()
    {
        var problem = Refuse(
            """{"ports":{"http":0,"UP":1},"ttl":"1ms","weight":"x","zone":"A","checks":[{"http":1},{"tcp":"h:1","interval":"1ms"}]}""");
        Assert.Equal(
            ["address", "checks[0].http", "checks[1].interval", "checks[1].timeout", "ports.UP", "ports.http", "ttl", "weight", "zone"],
            problem.Errors!.Select(static error => error.Field).Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("", "The body is empty")]
    [InlineData("{", "Line 1, column 2")]
    [InlineData("{\n\"address\":}", "Line 2, column 11")]
    [InlineData("{} {}", "Line 1, column 4")]
    [InlineData("{\"address\":'x'}", "Line 1, column 12")]
    [InlineData("{\"a\":\"\\ud800\"}x", "Line 1, column 15")]
    [InlineData("{\"address\":\"\\ud800\"}", "half of a surrogate pair")]
    [InlineData("{\"\\udc00\":1}", "half of a surrogate pair")]
    [InlineData("// no\n{}", "Line 1, column 1")]
    public void What_is_no_JSON_is_malformed_and_says_where(string body, string expected)
    {
        var problem = Refuse(body);
        Assert.Same(ProblemKind.MalformedJson, problem.Kind);
        Assert.Contains(expected, problem.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_UTF8_is_malformed()
    {
        byte[] body = [.. """{"address":"h","ports":{"http":1},"zone":"""u8, (byte)'"', 0xC3, 0x28, (byte)'"', (byte)'}'];
        Assert.Same(ProblemKind.MalformedJson, RegistrationReader.Read(new(body), new("s", "i"), out _)?.Kind);
    }

    [Fact]
    public void Nesting_beyond_the_parsers_depth_is_malformed() =>
        Assert.Same(ProblemKind.MalformedJson, Refuse($$"""{"x":{{new string('[', 1000)}}{{new string(']', 1000)}}}""").Kind);

    [Fact]
    public void A_body_in_pieces_reads_as_one()
    {
        var body = Encoding.UTF8.GetBytes("""{"address":"10.0.0.5","ports":{"http":8080},"ttl":"1m30s","zone":"caf\u0061","metadata":{"a":"ü€😀"}}""");
        for (var cut = 1; cut < body.Length; cut++)
        {
            Assert.Null(RegistrationReader.Read(Split(body, cut), new("s", "i"), out var read));
            Assert.Equal(("10.0.0.5", 8080, TimeSpan.FromSeconds(90), "cafa", "ü€😀"), (read!.Address, read.Ports["http"], read.Ttl, read.Zone, read.Metadata["a"]));
        }
    }

    [Fact]
    public void Six_thousand_equal_keys_are_answered_quickly_and_once()
    {
        var ports = string.Join(',', Enumerable.Repeat("\"a\":1", 6000));
        var problem = Refuse("{\"address\":\"h\",\"ports\":{" + ports + "}}");
        Assert.Equal("ports.a", Assert.Single(problem.Errors!.DistinctBy(static error => error.Field)).Field);
    }

    private static ReadOnlySequence<byte> Split(byte[] bytes, int at)
    {
        var first = new Piece(bytes.AsMemory(0, at), 0);
        var second = new Piece(bytes.AsMemory(at), at);
        first.Follow(second);
        return new(first, 0, second, second.Memory.Length);
    }

    private static InstanceRegistration Accept(string body)
    {
        var problem = RegistrationReader.Read(new(Encoding.UTF8.GetBytes(body)), new("orders", "o-1"), out var read);
        Assert.True(problem is null, problem?.Detail);
        return read!;
    }

    private static Problem Refuse(string body)
    {
        var problem = RegistrationReader.Read(new(Encoding.UTF8.GetBytes(body)), new("orders", "o-1"), out var read);
        Assert.Null(read);
        return Assert.IsType<Problem>(problem);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

        public void Follow(Piece next) => Next = next;
    }
}
