using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Rollcall.Api;
using Rollcall.Sources.Http;
using Rollcall.TestKit;
using Rollcall.TestKit.Network;
using Rollcall.TestKit.Sources;

namespace Rollcall.Tests.Sources.Http;

public sealed class HttpSourceTests : IAsyncLifetime
{
    private const string List = """["10.0.0.1:80"]""";

    private readonly VirtualTime _time = new();
    private readonly HttpSourceOptions _options = new() { AnswerTimeout = TimeSpan.FromMinutes(4) };
    private WebServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await WebServer.StartAsync(static context => Json(context, List));

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("", "application/json", """["10.0.0.1:80", {"host": "10.0.0.2", "port": 81, "weight": 5}]""", "10.0.0.1:80 10.0.0.2:81")]
    [InlineData("#orders", "application/json; charset=utf-8", """{"orders": ["10.0.0.1:80"], "billing": []}""", "10.0.0.1:80")]
    [InlineData("#orders", "application/yaml", "orders:\n  - 10.0.0.1:80\n", "10.0.0.1:80")]
    [InlineData("", "application/json", """[{"targets": ["10.0.0.1:80", "10.0.0.2:81"], "labels": {"zone": "a"}}]""", "10.0.0.1:80 10.0.0.2:81")]
    [InlineData("?format=prometheus", "text/plain", """[{"targets": ["10.0.0.1:80"]}]""", "10.0.0.1:80")]
    [InlineData("?format=prometheus", "application/json", "[]", "")]
    [InlineData("?format=prometheus#orders", "application/json", """[{"targets": ["10.0.0.1:80"], "labels": {"job": "orders"}}, {"targets": ["10.0.0.2:80"], "labels": {"job": "x"}}]""", "10.0.0.1:80")]
    [InlineData("?format=rollcall", "text/html", """{"service":"orders","revision":3,"epoch":"e","instances":[{"id":"o1","address":"10.0.0.1","ports":{"http":80},"state":"draining","weight":7,"since":"2026-01-01T00:00:00Z","revision":3}]}""", "o1")]
    public async Task Lists_of_every_shape_are_read(string suffix, string mediaType, string body, string expected)
    {
        _server.Answer(context => Write(context, mediaType, body));
        var set = await DiscoverAsync("list" + suffix);
        Assert.Equal(expected, string.Join(' ', set.Endpoints.Select(static endpoint => endpoint.Id)));
    }

    [Theory]
    [InlineData("", "text/html", "<html>It works!</html>", "text/html, not JSON or YAML")]
    [InlineData("", "application/json", "<html>", "is wrong in line 1, column 1")]
    [InlineData("", "application/json", "", "is wrong in line 1, column 1")]
    [InlineData("?format=prometheus", "application/json", """["10.0.0.1:80"]""", "no list of target groups")]
    [InlineData("?format=prometheus", "application/json", """{"orders": []}""", "no list of target groups")]
    [InlineData("", "application/json", """["10.0.0.1"]""", "names no port")]
    [InlineData("", "application/json", """["10.0.0.1:80", "10.0.0.1:80"]""", "named twice")]
    [InlineData("", "application/json", """{"orders": []}""", "name one behind #")]
    [InlineData("", "application/json", """{"instances": [], "epoch": 5}""", "is broken")]
    [InlineData("", "application/json", """{"instances": null, "epoch": "e", "service": "x", "revision": 1}""", "no list of instances")]
    [InlineData("", "application/json", """{"instances": [], "epoch": """, "line 1")]
    [InlineData("", "application/json", """["\ud800:80"]""", "no valid Unicode")]
    [InlineData("?format=prometheus", "application/json", """[{"targets": ["10.0.0.1:80"], "labels": {"\udfff": "x"}}]""", "no valid Unicode")]
    [InlineData("", "application/json", """{"\ud800": 1}""", "is broken")]
    [InlineData("", "application/json", """{"instances": [], "epoch": "\ud800", "service": "x", "revision": 1}""", "is broken")]
    public async Task Garbage_says_what_is_wrong_with_it(string suffix, string mediaType, string body, string expected)
    {
        _server.Answer(context => Write(context, mediaType, body));
        var error = await Assert.ThrowsAsync<DiscoveryException>(() => DiscoverAsync("list" + suffix));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ten_thousand_endpoints_are_read_and_one_more_is_refused()
    {
        var groups = (int count) => $$"""[{"targets": [{{string.Join(',', Enumerable.Range(0, count).Select(static i => $"\"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}:80\""))}}]}]""";
        _server.Answer(context => Json(context, groups(10_000)));
        Assert.Equal(10_000, (await DiscoverAsync("list")).Endpoints.Length);

        _server.Answer(context => Json(context, groups(10_001)));
        var error = await Assert.ThrowsAsync<DiscoveryException>(() => DiscoverAsync("list"));
        Assert.Contains("at most 10000 endpoints", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_never_ends_is_bounded()
    {
        _server.Answer(static async context =>
        {
            context.Response.ContentType = "application/json";
            var chunk = Encoding.ASCII.GetBytes(new string(' ', 64 * 1024));
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
        });
        var error = await Assert.ThrowsAsync<DiscoveryException>(() => DiscoverAsync("list"));
        Assert.Contains("larger than 16,777,216 bytes", error.Message, StringComparison.Ordinal);
        await Eventually.True(() => _server.Connections == 0);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up_in_time()
    {
        _options.AnswerTimeout = TimeSpan.FromSeconds(7);
        _server.Answer(static context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
        var discovering = DiscoverAsync("list");
        await Eventually.True(() => _server.Requests.Count == 1);
        await _time.AdvanceUntilAsync(() => discovering.IsCompleted, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(8));
        Assert.Contains("no answer within 7s", (await Assert.ThrowsAsync<DiscoveryException>(() => discovering)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, "answered 401 Unauthorized (who are you). It wants to know who asks")]
    [InlineData(403, "answered 403 Forbidden (who are you). The credentials")]
    [InlineData(404, "answered 404 Not Found (who are you). Correct the path")]
    [InlineData(418, "answered 418")]
    [InlineData(503, "answered 503 Service Unavailable (who are you). It is asked again")]
    [InlineData(204, "answered 204")]
    public async Task A_refusal_names_the_status_and_what_to_do(int status, string expected)
    {
        _server.Answer(context =>
        {
            context.Response.StatusCode = status;
            return status == 204 ? Task.CompletedTask : Write(context, "application/problem+json", """{"type":"about:blank","detail":"who are\u000ayou."}""");
        });
        var error = await Assert.ThrowsAsync<DiscoveryException>(() => DiscoverAsync("list"));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unreachable_server_is_named()
    {
        var target = ServiceTarget.Parse($"{_server.Url}list");
        await _server.DisposeAsync();
        var error = await Assert.ThrowsAsync<DiscoveryException>(() => new HttpSource().DiscoverAsync(target, CancellationToken.None).AsTask());
        Assert.Contains("refuses connections", error.Message, StringComparison.Ordinal);
        Assert.Contains(_server.Url.Authority, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_next_poll_comes_when_max_age_ends_and_names_the_ETag()
    {
        StringValues asked = default;
        _server.Answer(context =>
        {
            asked = context.Request.Headers.IfNoneMatch;
            context.Response.Headers.CacheControl = "max-age=60";
            context.Response.Headers.ETag = "\"v1\"";
            return Json(context, List);
        });
        await using var watch = Watch("list?a=b&c=d%26e");
        await Eventually.True(() => watch.Last is not null && _time.PendingTimers == 1);
        _time.Advance(TimeSpan.FromSeconds(50));
        Assert.Single(_server.Requests);
        await _time.AdvanceUntilAsync(() => _server.Requests.Count == 2, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20));
        Assert.Equal("\"v1\"", asked);
        Assert.All(_server.Requests, static request => Assert.Equal("/list?a=b&c=d%26e", request));
    }

    [Fact]
    public async Task An_answer_that_nothing_has_changed_is_a_failure_to_who_knows_nothing()
    {
        _server.Answer(NotModified);
        var error = await Assert.ThrowsAsync<DiscoveryException>(() => DiscoverAsync("list"));
        Assert.Contains("answered 304 Not Modified, although it was not told what is known", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_that_is_told_at_first_that_nothing_has_changed_asks_again_soon()
    {
        _server.Answer(NotModified);
        await using var watch = Watch("list");
        await Eventually.True(() => _server.Requests.Count == 1);
        await _time.AdvanceUntilAsync(() => _server.Requests.Count == 3, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(5));
        _server.Answer(static context => Json(context, List));
        await _time.AdvanceUntilAsync(() => watch.Last is not null, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_hint_brings_the_next_poll_forward_and_many_hints_bring_no_more_than_one_each_MinInterval()
    {
        var source = new HttpSource(_options, _time, new Random(1));
        var target = ServiceTarget.Parse($"{_server.Url}list");
        source.Refresh(target); // Nobody watches yet.
        await using var watch = new WatchRecorder(source, target);
        await Eventually.True(() => watch.Last is not null && _time.PendingTimers == 1);
        var start = _time.GetUtcNow();
        while (_time.GetUtcNow() < start + TimeSpan.FromSeconds(21))
        {
            source.Refresh(target);
            var until = _time.GetUtcNow() + TimeSpan.FromSeconds(1);
            await _time.AdvanceUntilAsync(() => _time.GetUtcNow() >= until, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(2));
        }

        Assert.InRange(_server.Requests.Count, 4, 5);
    }

    [Fact]
    public async Task A_node_where_something_always_changes_is_not_asked_in_a_tight_loop()
    {
        _server.Answer(context =>
        {
            context.Response.Headers[ApiNames.RevisionHeader] = "1";
            return Json(context, $$"""{"service":"orders","revision":{{_server.Requests.Count}},"epoch":"e","instances":[]}""");
        });
        await using var watch = Watch("api/services/orders");
        await Eventually.True(() => watch.Last is not null && _time.PendingTimers == 1);
        Assert.Single(_server.Requests);
        var until = _time.GetUtcNow() + TimeSpan.FromSeconds(1);
        await _time.AdvanceUntilAsync(() => _time.GetUtcNow() >= until, TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(2));
        Assert.InRange(_server.Requests.Count, 3, 41);
    }

    [Fact]
    public async Task A_hint_ends_the_pause_after_errors_but_not_before_MinInterval()
    {
        var isBroken = true;
        _server.Answer(context =>
        {
            if (Volatile.Read(ref isBroken))
                context.Response.StatusCode = 500;
            return Json(context, List);
        });
        var source = new HttpSource(_options, _time, new Random(1));
        var target = ServiceTarget.Parse($"{_server.Url}list");
        await using var watch = new WatchRecorder(source, target);
        // Pauses are drawn from 0 to 30 s by now; this one is long.
        await _time.AdvanceUntilAsync(() => _server.Requests.Count == 14, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        Volatile.Write(ref isBroken, false);
        var start = _time.GetUtcNow();

        // Again and again, as callers give them: one that comes before the pause has begun is not kept.
        await _time.AdvanceUntilAsync(
            () =>
            {
                source.Refresh(target);
                return watch.Last is not null;
            },
            TimeSpan.FromMilliseconds(500), _options.MinInterval + TimeSpan.FromSeconds(1));

        Assert.InRange(_time.GetUtcNow() - start, _options.MinInterval, _options.MinInterval + TimeSpan.FromSeconds(1));
        Assert.Equal(15, _server.Requests.Count);
    }

    [Fact]
    public async Task A_server_that_asks_to_be_left_alone_is()
    {
        _server.Answer(static context =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = "90";
            return Task.CompletedTask;
        });
        var source = new HttpSource(_options, _time, new Random(1));
        var target = ServiceTarget.Parse(_server.Url + "list");
        await Assert.ThrowsAsync<DiscoveryException>(() => source.DiscoverAsync(target, CancellationToken.None).AsTask());
        var error = await Assert.ThrowsAsync<DiscoveryException>(() => Eventually.Within(source.DiscoverAsync(target, CancellationToken.None).AsTask()));
        Assert.Contains("has asked to be left alone for 1m30s (Retry-After)", error.Message, StringComparison.Ordinal);
        await using var watch = new WatchRecorder(source, target);
        var until = _time.GetUtcNow() + TimeSpan.FromSeconds(85);
        await _time.AdvanceUntilAsync(() => _time.GetUtcNow() >= until, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(90));
        Assert.Single(_server.Requests);
        await _time.AdvanceUntilAsync(() => _server.Requests.Count == 2, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Redirects_are_followed_a_few_times_and_credentials_stay_with_their_server()
    {
        await using var other = await WebServer.StartAsync(static context => Json(context, $"[\"{(context.Request.Headers.Authorization.Count == 0 ? "without" : "with")}:80\"]"));
        _options.Servers.Add(new HttpServerOptions { Url = _server.Url, Authorization = "Bearer 123" });
        var elsewhere = new Uri(other.Url, "list").ToString();
        _server.Answer(context =>
        {
            context.Response.Redirect(context.Request.Headers.Authorization == "Bearer 123" ? elsewhere : "/nowhere");
            return Task.CompletedTask;
        });
        Assert.Equal("without:80", (await DiscoverAsync("list")).Endpoints.Single().Id);

        _server.Answer(static context =>
        {
            context.Response.Redirect("/again");
            return Task.CompletedTask;
        });
        Assert.Contains("redirects more than 5 times", (await Assert.ThrowsAsync<DiscoveryException>(() => DiscoverAsync("list"))).Message, StringComparison.Ordinal);
        Assert.Equal(7, _server.Requests.Count);
    }

    [Fact]
    public async Task Servers_that_were_redirected_to_once_are_let_go()
    {
        var others = new List<WebServer>();
        try
        {
            for (var i = 0; i < 8; i++)
                others.Add(await WebServer.StartAsync(static context => Json(context, List)));
            _server.Answer(context =>
            {
                context.Response.Redirect($"{others[Math.Min(_server.Requests.Count, others.Count) - 1].Url}list");
                return Task.CompletedTask;
            });
            await using var watch = Watch("list");
            await Eventually.True(() => _server.Requests.Count == 1 && others[0].Requests.Count == 1);
            await _time.AdvanceUntilAsync(() => others[^1].Requests.Count > 0, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(8));
            // That of the target, which is asked each time, and the five latest.
            await Eventually.True(() => others.Sum(static other => other.Connections) <= 5);
            Assert.Equal(1, others[^1].Connections);
            Assert.Equal(1, _server.Connections);
        }
        finally
        {
            foreach (var other in others)
                await other.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_server_over_TLS_gets_its_headers_and_may_not_redirect_to_plain_http()
    {
        using var authority = new TestAuthority();
        using var directory = new TemporaryDirectory();
        await using var secure = await WebServer.StartAsync(
            static context => Json(context, $"[\"{context.Request.Headers.Authorization[0]!.Split(' ')[^1]}-{context.Request.Headers["X-Team"]}:80\"]"), authority.IssueServer(["127.0.0.1"]));
        _options.Servers.Add(new HttpServerOptions
        {
            Url = secure.Url,
            AuthorizationFile = directory.Replace("token", "secret-1\n"),
            Headers = { ["X-Team"] = "blue" },
            Tls = { CaFile = authority.WriteTo(directory.PathOf("ca.pem")) },
        });
        var target = ServiceTarget.Parse($"{secure.Url}list");
        var source = new HttpSource(_options);
        Assert.Equal("secret-1-blue:80", (await source.DiscoverAsync(target, CancellationToken.None)).Endpoints.Single().Id);
        directory.Replace("token", "Basic secret-2");
        Assert.Equal("secret-2-blue:80", (await source.DiscoverAsync(target, CancellationToken.None)).Endpoints.Single().Id);

        secure.Answer(context =>
        {
            context.Response.Redirect($"{_server.Url}list");
            return Task.CompletedTask;
        });
        var error = await Assert.ThrowsAsync<DiscoveryException>(() => source.DiscoverAsync(target, CancellationToken.None).AsTask());
        Assert.Contains("redirects from https to http", error.Message, StringComparison.Ordinal);
        var untrusted = await Assert.ThrowsAsync<DiscoveryException>(() => new HttpSource().DiscoverAsync(target, CancellationToken.None).AsTask());
        Assert.Contains("nobody we trust has signed", untrusted.Message, StringComparison.Ordinal);
        File.Delete(directory.PathOf("token"));
        var missing = await Assert.ThrowsAsync<DiscoveryException>(() => source.DiscoverAsync(target, CancellationToken.None).AsTask());
        Assert.Contains(directory.PathOf("token"), missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_out_of_range_are_named_all_at_once_and_never_with_a_secret()
    {
        var options = new HttpSourceOptions { Wait = TimeSpan.Zero, MinInterval = TimeSpan.FromHours(1) };
        options.Servers.Add(new HttpServerOptions { Url = new Uri("https://bob:secret@a"), Authorization = "x", AuthorizationFile = "y", Headers = { ["a b"] = "c" } });
        var error = Assert.Throws<ArgumentException>(() => new HttpSource(options));
        Assert.All(new[] { "Wait", "MinInterval", "https://a", "AuthorizationFile exclude", "'a b'" }, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    private static Task NotModified(HttpContext context)
    {
        context.Response.StatusCode = 304;
        return Task.CompletedTask;
    }

    private static Task Json(HttpContext context, string body) => Write(context, "application/json", body);

    private static Task Write(HttpContext context, string mediaType, string body)
    {
        context.Response.ContentType = mediaType;
        return context.Response.WriteAsync(body, context.RequestAborted);
    }

    private WatchRecorder Watch(string path) => new(new HttpSource(_options, _time, new Random(1)), ServiceTarget.Parse(_server.Url + path));

    private Task<EndpointSet> DiscoverAsync(string path) =>
        new HttpSource(_options, _time, new Random(1)).DiscoverAsync(ServiceTarget.Parse(_server.Url + path), CancellationToken.None).AsTask();
}
