using System.Globalization;
using System.Text;
using Rollcall.Node.Problems;
using Rollcall.Node.Requests;
using Rollcall.Registry;

namespace Rollcall.Node.Tests.Requests;

public sealed class StatusAndRenewReaderTests
{
    [Theory]
    [InlineData("""{"state":"ready"}""", true, null)]
    [InlineData("""{"state":"not-ready","reason":"warming up","x":[1]}""", false, "warming up")]
    [InlineData("""{"reason":null,"state":"ready"}""", true, null)]
    public void A_status_is_read(string body, bool ready, string? reason)
    {
        Assert.Null(StatusReader.Read(new(Encoding.UTF8.GetBytes(body)), out var status));
        Assert.Equal(new OwnerStatus(ready, reason), status);
    }

    [Theory]
    [InlineData("{}", "state", "is required: ready or not-ready")]
    [InlineData("""{"state":"draining"}""", "state", "must be ready or not-ready, got 'draining'")]
    [InlineData("""{"state":"ready","state":"ready"}""", "state", "occurs twice")]
    [InlineData("""{"state":"ready","reason":1}""", "reason", "must be a text, got 1")]
    [InlineData("7", "body", "must be an object such as {\"state\":\"ready\"}, got 7")]
    public void A_wrong_status_is_refused(string body, string field, string message)
    {
        var problem = StatusReader.Read(new(Encoding.UTF8.GetBytes(body)), out _);
        Assert.Equal(new FieldError(field, message), Assert.Single(problem!.Errors!));
    }

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void A_reason_has_at_most_256_characters(int length, bool accepted)
    {
        var problem = StatusReader.Read(new(Encoding.UTF8.GetBytes($$"""{"state":"ready","reason":"{{new string('ü', length)}}"}""")), out _);
        Assert.Equal(accepted, problem is null);
    }

    [Fact]
    public void Leases_are_read_in_order()
    {
        var leases = new List<InstanceKey>();
        var body = """{"x":1,"leases":[{"service":"a","id":"1"},{"id":"2","y":{},"service":"b"}]}"""u8.ToArray();
        Assert.Null(RenewReader.Read(new(body), leases));
        Assert.Equal([new InstanceKey("a", "1"), new InstanceKey("b", "2")], leases);
    }

    [Fact]
    public void No_leases_are_fine() => Assert.Null(RenewReader.Read(new("""{"leases":[]}"""u8.ToArray()), []));

    [Theory]
    [InlineData("{}", "leases")]
    [InlineData("[]", "body")]
    [InlineData("""{"leases":null}""", "leases")]
    [InlineData("""{"leases":{}}""", "leases")]
    [InlineData("""{"leases":[],"leases":[]}""", "leases")]
    [InlineData("""{"leases":[{"service":"a","id":"1"},7]}""", "leases[1]")]
    [InlineData("""{"leases":[{"service":"a"}]}""", "leases[0].id")]
    [InlineData("""{"leases":[{"service":"A B","id":"1"}]}""", "leases[0].service")]
    [InlineData("""{"leases":[{"service":1,"id":"1"}]}""", "leases[0].service")]
    public void Wrong_leases_are_refused(string body, string field)
    {
        var problem = RenewReader.Read(new(Encoding.UTF8.GetBytes(body)), []);
        Assert.Same(ProblemKind.InvalidRequest, problem?.Kind);
        Assert.Equal(field, problem!.Errors![0].Field);
    }

    [Fact]
    public void A_body_of_nothing_but_mistakes_is_answered_with_some_of_them()
    {
        var body = $$"""{"leases":[{{string.Join(',', Enumerable.Range(0, 10_000).Select(static i => i.ToString(CultureInfo.InvariantCulture)))}}]}""";
        Assert.InRange(RenewReader.Read(new(Encoding.UTF8.GetBytes(body)), [])!.Errors!.Count, 1, 25);
    }
}
