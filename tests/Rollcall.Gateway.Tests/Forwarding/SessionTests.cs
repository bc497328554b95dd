using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Rollcall.TestKit;
using Rollcall.TestKit.Sources;

namespace Rollcall.Gateway.Tests.Forwarding;

/// <summary>Clients that stay at one endpoint by a cookie of the gateway's own.</summary>
public sealed class SessionTests : IAsyncLifetime
{
    private readonly FakeSource _source = new(TimeProvider.System);
    private readonly List<TestBackEnd> _backEnds = [];
    private TestGateway _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        foreach (var word in new[] { "a", "b", "c" })
            _backEnds.Add(await TestBackEnd.StartAsync(context => AnswerAsync(context, word)));
        _source.Set(At("i-a", 0), At("i-b", 1), At("i-c", 2));
        _gateway = await TestGateway.StartAsync(
            """
            clusters:
              orders: { target: "fake:///orders", balancer: round-robin }
            trustedProxies: [127.0.0.1]
            default: { to: orders, affinity: { cookie: stay, maxAge: 1h } }
            """,
            Services);
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        foreach (var backEnd in _backEnds)
            await backEnd.DisposeAsync();
    }

    [Fact]
    public async Task A_client_gets_a_cookie_once_and_stays_where_it_was()
    {
        var (first, given) = await AskAsync(null);
        var cookie = Value(given);

        Assert.Equal($"stay={cookie}; max-age=3600; path=/; samesite=lax; httponly", given);
        for (var i = 0; i < 5; i++)
            Assert.Equal((first, null), await AskAsync(cookie));
        Assert.NotEqual(first, (await AskAsync(null)).Word);
        var sessions = _gateway.Host.Routes.Current.Find("default")!.State.Sessions;
        Assert.Equal((2, 5, 0), (sessions.Begun, sessions.Kept, sessions.Moved));
    }

    [Fact]
    public async Task A_cookie_of_a_client_that_came_encrypted_is_for_encrypted_connections_only()
    {
        using var request = Request("/", null);
        request.Headers.Add("X-Forwarded-Proto", "https");

        using var answer = await _gateway.Client.SendAsync(request);

        Assert.Contains("; secure;", answer.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_outlives_a_change_of_the_endpoints_address()
    {
        var (first, given) = await AskAsync(null);
        var at = "abc".IndexOf(first, StringComparison.Ordinal);

        await SetAsync([.. Enumerable.Range(0, 3).Select(i => At($"i-{"abc"[i]}", (i + 1) % 3))]);

        for (var i = 0; i < 3; i++)
            Assert.Equal(("bca"[at].ToString(), null), await AskAsync(Value(given)));
    }

    [Theory]
    [InlineData(EndpointState.Draining)]
    [InlineData(EndpointState.NotReady)]
    public async Task A_session_moves_when_its_endpoint_takes_no_new_requests(EndpointState state)
    {
        var (first, given) = await AskAsync(null);

        await SetAsync([.. Enumerable.Range(0, 3).Select(i => At($"i-{"abc"[i]}", i) with { State = "abc"[i] == first[0] ? state : EndpointState.Ready })]);
        var (second, moved) = await AskAsync(Value(given));

        Assert.NotEqual(first, second);
        Assert.NotNull(moved);
        Assert.Equal((second, null), await AskAsync(Value(moved)));
        Assert.Equal(1, _gateway.Host.Routes.Current.Find("default")!.State.Sessions.Moved);
    }

    [Fact]
    public async Task A_request_that_had_to_be_tried_elsewhere_does_not_move_its_session()
    {
        var (first, given) = await AskAsync(null);

        var (second, moved) = await AskAsync(Value(given), $"/fails-at-{first}");

        Assert.NotEqual(first, second);
        Assert.Null(moved);
        Assert.Equal((first, null), await AskAsync(Value(given)));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")]
    public async Task A_cookie_that_leads_nowhere_is_replaced(string cookie) => Assert.NotNull((await AskAsync(cookie)).SetCookie);

    [Fact]
    public async Task An_answer_that_caches_may_share_gets_no_cookie() => Assert.Null((await AskAsync(null, "/public")).SetCookie);

    [Fact]
    public async Task A_session_keeps_its_version_until_that_gets_nothing_any_more()
    {
        await using var gateway = await TestGateway.StartAsync($$"""
            default:
              affinity: { cookie: stay }
              splits:
                - { version: v1, to: "{{_backEnds[0].Target}}", weight: 100 }
                - { version: v2, to: "{{_backEnds[1].Target}}", weight: 0 }
            """);
        var (_, given) = await AskAsync(null, gateway: gateway);
        var split = gateway.Host.Routes.Current.Find("default")!.State.Split;

        Assert.Null(split.Shift(new Dictionary<string, double>(StringComparer.Ordinal) { ["v2"] = 99.999 }, DateTimeOffset.UnixEpoch));
        Assert.Equal(("a", null), await AskAsync(Value(given), gateway: gateway));
        Assert.Null(split.Shift(new Dictionary<string, double>(StringComparer.Ordinal) { ["v2"] = 100 }, DateTimeOffset.UnixEpoch));
        var (word, moved) = await AskAsync(Value(given), gateway: gateway);

        Assert.Equal("b", word);
        Assert.NotNull(moved);
    }

    [Fact]
    public async Task By_a_key_requests_go_where_the_policy_has_it()
    {
        await using var gateway = await TestGateway.StartAsync(
            """
            clusters:
              orders: { target: "fake:///orders", balancer: maglev }
            default: { to: orders, affinity: "header:x-user" }
            """,
            Services);
        var words = new List<string>();
        for (var i = 0; i < 60; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/", UriKind.Relative)) { Headers = { { "x-user", $"user-{i % 20}" } } };
            using var answer = await gateway.Client.SendAsync(request);
            words.Add(await answer.Content.ReadAsStringAsync());
        }

        Assert.Equal(3, words.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(words[..20], words[20..40]);
        Assert.Equal(words[..20], words[40..]);
    }

    private static Task AnswerAsync(HttpContext context, string word)
    {
        if (context.Request.Path.Value == "/public")
            context.Response.Headers.CacheControl = "public, max-age=60";
        context.Response.StatusCode = context.Request.Path.Value == $"/fails-at-{word}" ? 500 : 200;
        return context.Response.WriteAsync(word);
    }

    private static string? Value(string? setCookie) => setCookie?.Split(';')[0].Split('=')[1];

    private static HttpRequestMessage Request(string path, string? cookie)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        if (cookie is not null)
            request.Headers.Add("Cookie", $"other=1; stay={cookie}");
        return request;
    }

    private void Services(IServiceCollection services) =>
        services.AddSingleton<IDiscoverySource>(_source).AddRollcall(static options => options.Watch.HoldDownTime = TimeSpan.Zero);

    private Endpoint At(string id, int backEnd) => new(id, "127.0.0.1", _backEnds[backEnd].Url.Port);

    private async Task SetAsync(params Endpoint[] endpoints)
    {
        _source.Set(endpoints);
        var cluster = _gateway.Host.Routes.Current.Clusters["orders"];
        await Eventually.True(() => cluster.Current?.Set.Endpoints.SequenceEqual(endpoints) == true);
    }

    private async Task<(string Word, string? SetCookie)> AskAsync(string? cookie, string path = "/", TestGateway? gateway = null)
    {
        using var request = Request(path, cookie);
        using var answer = await (gateway ?? _gateway).Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadAsStringAsync(), answer.Headers.TryGetValues("Set-Cookie", out var values) ? values.Single() : null);
    }
}
