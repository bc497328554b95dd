using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Rollcall.Etcd.Members;
using Rollcall.TestKit;
using Rollcall.TestKit.Network;

namespace Rollcall.Etcd.Tests.Members;

/// <summary>How often a cluster is logged in to, which a real one does not count.</summary>
public sealed class LoginTests : IAsyncLifetime
{
    private const int Callers = 20;
    private const string Empty = """{"header":{"revision":"5"}}""";

    private readonly VirtualTime _time = new();
    private readonly ConcurrentQueue<string> _logins = new();
    private readonly TaskCompletionSource _mayLogIn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? _good = "t1";
    private WebServer _server = null!;
    private EtcdSource _source = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await WebServer.StartAsync(AnswerAsync);
        _source = new EtcdSource(
            new EtcdSourceOptions { Endpoints = { _server.Url }, Username = "reader", Password = "secret-7", AnswerTimeout = TimeSpan.FromMinutes(4) }, _time, new Random(1));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Of_many_who_need_a_token_one_logs_in()
    {
        var asking = AskAll();
        await Eventually.True(() => !_logins.IsEmpty);
        _mayLogIn.SetResult();
        await Eventually.Within(Task.WhenAll(asking));
        Assert.Single(_logins);

        // The server has forgotten the token: all are refused, one logs in.
        _good = "t2";
        await Eventually.Within(Task.WhenAll(AskAll()));
        Assert.Equal(2, _logins.Count);
    }

    [Fact]
    public async Task A_login_that_fails_fails_for_all_who_waited_for_it_and_the_next_tries_again()
    {
        _good = "";
        var asking = AskAll();
        await Eventually.True(() => !_logins.IsEmpty);
        await Eventually.True(() => asking.All(static task => !task.IsCompleted));
        _mayLogIn.SetResult();
        foreach (var task in asking)
            Assert.Contains("log in to etcd as reader", (await Assert.ThrowsAsync<DiscoveryException>(() => Eventually.Within(task))).Message, StringComparison.Ordinal);
        Assert.InRange(_logins.Count, 1, Callers / 2);

        _good = "t1";
        await AskAsync();
    }

    [Fact]
    public async Task That_no_login_is_needed_is_remembered_for_a_while_and_until_one_is()
    {
        _mayLogIn.SetResult();
        _good = null;
        for (var i = 0; i < 5; i++)
            await AskAsync();
        Assert.Single(_logins);
        _time.Advance(EtcdTokens.NeedlessFor);
        await AskAsync();
        Assert.Equal(2, _logins.Count);

        _good = "t1";
        await AskAsync();
        Assert.Equal(3, _logins.Count);
    }

    private Task<EndpointSet> AskAsync() => Eventually.Within(_source.DiscoverAsync(ServiceTarget.Parse("etcd:///orders"), CancellationToken.None).AsTask());

    private Task<EndpointSet>[] AskAll() => [.. Enumerable.Range(0, Callers).Select(_ => AskAsync())];

    private async Task AnswerAsync(HttpContext context)
    {
        var good = _good;
        if (context.Request.Path == "/v3/auth/authenticate")
        {
            _logins.Enqueue("");
            await _mayLogIn.Task.WaitAsync(context.RequestAborted);
            await (good switch
            {
                null => RefuseAsync(context, """{"code":9,"message":"etcdserver: authentication is not enabled"}"""),
                "" => RefuseAsync(context, """{"code":3,"message":"etcdserver: authentication failed, invalid user ID or password"}"""),
                _ => context.Response.WriteAsync($$"""{"token":"{{good}}"}"""),
            });
            return;
        }

        var token = context.Request.Headers.Authorization.ToString();
        await (good is null || token == good ? context.Response.WriteAsync(Empty)
            : token.Length == 0 ? RefuseAsync(context, """{"code":3,"message":"etcdserver: user name is empty"}""")
            : RefuseAsync(context, """{"code":16,"message":"etcdserver: invalid auth token"}"""));
    }

    private static Task RefuseAsync(HttpContext context, string problem)
    {
        context.Response.StatusCode = 400;
        return context.Response.WriteAsync(problem);
    }
}
