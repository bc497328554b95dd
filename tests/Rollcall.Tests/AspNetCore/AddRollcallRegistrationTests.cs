using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rollcall.Registration.Hosting;
using Rollcall.TestKit;
using Rollcall.Tests.Registration;

namespace Rollcall.Tests.AspNetCore;

public sealed class AddRollcallRegistrationTests : IAsyncLifetime
{
    private FakeNode _node = null!;

    public async ValueTask InitializeAsync() => _node = await FakeNode.StartAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private WebApplication Build(string urls, Action<InstanceOptions>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection([new("Rollcall:Registration:Nodes:0", _node.Url)]);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(urls.Split(';'));
        builder.Services.AddRollcallRegistration("orders", configure);
        return builder.Build();
    }

    [Theory]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://*:0")]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://[::]:0")]
    public async Task It_is_announced_by_a_port_that_answers(string urls)
    {
        await using var app = Build(urls, static o => o.Id = "o-1");
        app.MapGet("/", static () => "here");

        await app.StartAsync();
        await Eventually.True(() => _node.Find("orders/o-1") is not null);

        var document = _node.Find("orders/o-1")!.Document;
        Assert.Equal("127.0.0.1", document.Address);
        using var http = new HttpClient();
        Assert.Equal("here", await http.GetStringAsync(new Uri($"http://{document.Address}:{document.Ports!["http"]}/")));
        await app.StopAsync();
        Assert.Empty(_node.Keys);
    }

    [Fact]
    public async Task By_default_the_id_names_service_machine_and_port()
    {
        await using var app = Build("http://127.0.0.1:0");
        await app.StartAsync();
        await Eventually.True(() => _node.Keys.Count == 1);

        Assert.Matches(@"^orders/orders-.*-\d+$", _node.Keys[0]);
        Assert.True(NameRules.IsId(_node.Keys[0].AsSpan("orders/".Length)));
    }

    [Fact]
    public async Task A_path_becomes_a_check_of_the_node()
    {
        await using var app = Build("http://127.0.0.1:0", static o => (o.Id, o.Check) = ("o-1", "/health"));
        await app.StartAsync();
        await Eventually.True(() => _node.Find("orders/o-1") is not null);

        var document = _node.Find("orders/o-1")!.Document;
        Assert.Equal($"http://127.0.0.1:{document.Ports!["http"]}/health", Assert.Single(document.Checks!).Http);
    }

    [Fact]
    public async Task While_it_drains_it_goes_on_answering_and_only_then_stops()
    {
        await using var app = Build("http://127.0.0.1:0", static o => o.Id = "o-1");
        app.MapGet("/", static () => "here");
        await app.StartAsync();
        await Eventually.True(() => _node.Find("orders/o-1") is not null);
        var url = new Uri($"http://127.0.0.1:{_node.Find("orders/o-1")!.Document.Ports!["http"]}/");
        _node.DrainsMayComplete = new TaskCompletionSource();

        var stopping = app.StopAsync();
        await Eventually.True(() => _node.Find("orders/o-1")?.State == "draining");
        using (var http = new HttpClient())
        {
            // A caller that has not heard of the drain yet, on a new connection.
            Assert.Equal("here", await http.GetStringAsync(url));
        }

        Assert.False(stopping.IsCompleted);
        Assert.Equal(0, _node.Count("DELETE /api/services/orders/instances/o-1"));

        _node.DrainsMayComplete.SetResult();
        await Eventually.Within(stopping);
        Assert.Equal(1, _node.Count("DELETE /api/services/orders/instances/o-1"));
        using var late = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => late.GetStringAsync(url));
    }

    [Fact]
    public async Task A_request_in_flight_ends_before_it_is_deregistered()
    {
        var entered = new TaskCompletionSource();
        var leave = new TaskCompletionSource();
        await using var app = Build("http://127.0.0.1:0", static o => o.Id = "o-1");
        app.MapGet("/slow", async () =>
        {
            entered.SetResult();
            await leave.Task;
            return "done";
        });
        await app.StartAsync();
        await Eventually.True(() => _node.Find("orders/o-1") is not null);
        using var http = new HttpClient();
        var answer = http.GetStringAsync(new Uri($"http://127.0.0.1:{_node.Find("orders/o-1")!.Document.Ports!["http"]}/slow"));
        await Eventually.Within(entered.Task);

        var stopping = app.StopAsync();
        await Eventually.True(() => _node.Find("orders/o-1")?.State == "draining");
        Assert.False(stopping.IsCompleted);
        leave.SetResult();

        Assert.Equal("done", await Eventually.Within(answer));
        await Eventually.Within(stopping);
        Assert.Empty(_node.Keys);
    }

    [Fact]
    public async Task It_starts_and_answers_without_a_node()
    {
        await _node.DieAsync();
        await using var app = Build("http://127.0.0.1:0", static o => o.Id = "o-1");
        app.MapGet("/", static () => "here");
        await Eventually.Within(app.StartAsync());
        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(app.Urls.First()))).StatusCode);

        await _node.ComeBackAsync();

        await Eventually.True(() => _node.Find("orders/o-1") is not null);
    }
}
