using System.Collections.Immutable;
using System.Text;
using Rollcall.Sources.Http;

namespace Rollcall.Tests.Sources.Http;

public sealed class ServiceStreamTests
{
    private const string One = """{"service":"orders","revision":1,"epoch":"e","instances":[{"id":"o1","address":"10.0.0.1","ports":{"http":80},"state":"ready","weight":100,"since":"2026-01-01T00:00:00Z","revision":1}]}""";
    private const string Two = """{"id":"o2","address":"10.0.0.2","ports":{"http":80},"state":"draining","weight":100,"since":"2026-01-01T00:00:00Z","revision":2}""";

    [Fact]
    public void A_snapshot_and_changes_are_whole_lists()
    {
        var stream = new ServiceStream("orders", 10_000);
        Assert.Equal("o1 Ready", Feed(stream, $"event: snapshot\nid: e:1\ndata: {{\"epoch\":\"e\",\ndata:\"services\":[{One}]}}\n\n"));
        Assert.Null(Feed(stream, ":\n\n"));
        Assert.Equal("o1 Ready, o2 Draining", Feed(stream, $$"""event: change{{'\n'}}data: {"revision":2,"time":"2026-01-01T00:00:00Z","kind":"registered","service":"orders","id":"o2","instance":{{Two}}}{{"\n\n"}}"""));
        Assert.Null(Feed(stream, """event: change""" + "\n" + """data: {"revision":3,"time":"2026-01-01T00:00:00Z","kind":"registered","service":"billing","id":"o2"}""" + "\n\n"));
        Assert.Equal("o2 Draining", Feed(stream, """event: change""" + "\n" + """data: {"revision":4,"time":"2026-01-01T00:00:00Z","kind":"deregistered","service":"orders","id":"o1"}""" + "\n\n"));
        Assert.Null(Feed(stream, "event: start-over\ndata: {}\n\nevent: tomorrow\ndata: ?\n\n"));
        Assert.Equal("", Feed(stream, "event: snapshot\ndata: {\"services\":[]}\n\n"));
    }

    [Fact]
    public void Without_a_name_the_only_service_is_meant_and_of_several_one_must_be_named()
    {
        Assert.Equal("o1 Ready", Feed(new ServiceStream("", 10_000), $"event: snapshot\ndata: {{\"services\":[{One}]}}\n\n"));
        var error = Assert.Throws<FormatException>(() => Feed(new ServiceStream("", 10_000), $"event: snapshot\ndata: {{\"services\":[{One},{One.Replace("orders", "billing", StringComparison.Ordinal)}]}}\n\n"));
        Assert.Contains("orders, billing", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("event: snapshot\ndata: {]\n\n", "is broken")]
    [InlineData("event: snapshot\n\n", "is broken")]
    [InlineData("event: snapshot\ndata: {}\n\n", "without services")]
    [InlineData("event: snapshot\ndata: {\"services\":[null]}\n\n", "without services")]
    [InlineData("event: change\ndata: null\n\n", "names no instance")]
    [InlineData("event: snapshot\ndata: {\"services\":[{\"service\":\"\\ud800\"}]}\n\n", "is broken")]
    [InlineData("event: change\ndata: {\"id\":\"a\",\"\\udfff\":1}\n\n", "is broken")]
    public void Garbage_is_refused(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => Feed(new ServiceStream("orders", 10_000), text)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_event_at_the_limit_is_taken_and_a_larger_one_refused_however_it_is_cut_into_lines()
    {
        var data = "{\"services\":[]" + new string(' ', 80) + "}";
        Assert.Equal("", Feed(new ServiceStream("x", data.Length + 1), $"event: snapshot\ndata: {data}\n\n"));
        Assert.Throws<FormatException>(() => Feed(new ServiceStream("x", data.Length), $"event: snapshot\ndata: {data}\n\n"));
        Assert.Throws<FormatException>(() => Feed(new ServiceStream("x", 100), "event: snapshot\n" + string.Concat(Enumerable.Repeat("data: 0123456789\n", 11))));
    }

    private static string? Feed(ServiceStream stream, string text)
    {
        ImmutableArray<Endpoint>? last = null;
        foreach (var line in text[..^1].Split('\n'))
            last = stream.OnLine(Encoding.UTF8.GetBytes(line)) ?? last;
        return last is { } list ? string.Join(", ", list.Select(static endpoint => $"{endpoint.Id} {endpoint.State}")) : null;
    }
}

public sealed class PollIntervalTests
{
    [Theory]
    [InlineData(null, 0.5, 30)]
    [InlineData(null, 0.0, 27)]
    [InlineData("max-age=60", 0.5, 60)]
    [InlineData("max-age=60, no-cache", 0.5, 30)]
    [InlineData("no-store", 0.5, 30)]
    [InlineData("max-age=0", 0.5, 5)]
    [InlineData("max-age=2147483647", 0.99, 300)]
    [InlineData("public", 0.5, 30)]
    public void The_next_poll_is_within_floor_and_ceiling(string? header, double jitter, double seconds) => Assert.Equal(
        seconds,
        PollInterval.After(header is null ? null : System.Net.Http.Headers.CacheControlHeaderValue.Parse(header), null, new HttpSourceOptions(), jitter).TotalSeconds,
        precision: 3);

    [Fact]
    public void What_was_in_a_cache_already_is_older() => Assert.Equal(
        TimeSpan.FromSeconds(20),
        PollInterval.After(new() { MaxAge = TimeSpan.FromSeconds(60) }, TimeSpan.FromSeconds(40), new HttpSourceOptions(), 0.5));
}
