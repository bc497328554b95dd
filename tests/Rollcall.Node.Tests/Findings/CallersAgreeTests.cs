using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Rollcall.Registry;
using Rollcall.TestKit;
using Rollcall.TestKit.Network;

namespace Rollcall.Node.Tests.Findings;

/// <summary>A real node and callers with HTTP clients of their own.</summary>
public sealed class CallersAgreeTests : IAsyncDisposable
{
    private readonly List<ServiceProvider> _callers = [];
    private TestNode _node = null!;

    public async ValueTask DisposeAsync()
    {
        foreach (var caller in _callers)
            await caller.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task What_three_callers_cannot_reach_is_not_ready_for_the_fourth_until_they_can_reach_it_again()
    {
        _node = await TestNode.StartAsync(static options => options with { Callers = new() { Quorum = 0.5, RetryAfter = TimeSpan.FromMinutes(5) } });
        await using var well = await WebServer.StartAsync(static _ => Task.CompletedTask);
        using var broken = new ReservedPort();
        await RegisterAsync("o-broken", new Uri($"http://127.0.0.1:{broken.Number}"));
        await RegisterAsync("o-well", well.Url);
        HttpClient[] clients = [StartCaller(), StartCaller(), StartCaller()];

        await UntilAsync(clients, static instance => instance.State == EndpointState.NotReady);
        Assert.Equal("3 of 3 callers avoid it: unreachable", Broken.Reason);
        Assert.Equal(EndpointState.Ready, Instance("o-well").State);

        // It is counted and told once it is written, which is when it is seen.
        await Eventually.True(async () => (await _node.GetAsync("/metrics")).Body.Contains("rollcall_findings_marks_total 1\n", StringComparison.Ordinal));

        await using var mended = await WebServer.StartAsync(static _ => Task.CompletedTask, port: broken.Number);
        await UntilAsync(clients, static instance => instance.State == EndpointState.Ready);
        await Eventually.True(() => _node.Logs.Lines.Any(static line => line.Contains("callers avoid it by now", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Callers_that_nobody_asked_to_agree_change_nothing()
    {
        _node = await TestNode.StartAsync();
        await RegisterAsync("o-broken", new Uri("http://127.0.0.1:1"));
        await using var well = await WebServer.StartAsync(static _ => Task.CompletedTask);
        await RegisterAsync("o-well", well.Url);
        HttpClient[] clients = [StartCaller(), StartCaller(), StartCaller()];

        while ((await _node.Client.GetFindingsAsync("orders")).Findings.Count < clients.Length)
            await CallAsync(clients);

        Assert.Equal(EndpointState.Ready, Broken.State);
    }

    private Instance Broken => Instance("o-broken");

    private Instance Instance(string id) => _node.Registry.Catalog.GetInstance(new InstanceKey("orders", id))!;

    private async Task UntilAsync(HttpClient[] clients, Func<Instance, bool> holds)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!holds(Broken))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Eventually.Limit, $"{Broken}\n{string.Join('\n', (await _node.Client.GetFindingsAsync("orders")).Findings)}");
            await CallAsync(clients);
        }
    }

    // Everybody calls, and something changes, so that everybody asks the node again and reports.
    private async Task CallAsync(HttpClient[] clients)
    {
        foreach (var client in clients)
        {
            for (var i = 0; i < 5; i++)
                Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("http://orders/"))).StatusCode);
        }

        await _node.Registry.SetStatusAsync(new InstanceKey("orders", "o-well"), ready: true, $"{Guid.NewGuid()}", null, CancellationToken.None);
        await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
    }

    private Task<Reply> RegisterAsync(string id, Uri url) => _node.PutAsync("orders", id, $$"""{"address":"{{url.Host}}","ports":{"http":{{url.Port}}},"ttl":"1h"}""");

    private HttpClient StartCaller()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([
            new("Rollcall:Node", _node.Url.AbsoluteUri), new("Rollcall:DefaultScheme", "rollcall"), new("Rollcall:AvoidTime", "500ms"), new("Rollcall:Balancer", "round-robin")]).Build());
        services.AddRollcall();
        services.AddHttpClient("orders").UseRollcall();
        _callers.Add(services.BuildServiceProvider());
        return _callers[^1].GetRequiredService<IHttpClientFactory>().CreateClient("orders");
    }
}
