using Microsoft.AspNetCore.Http;
using Rollcall.Health;
using Rollcall.TestKit;
using Rollcall.TestKit.Network;
using Rollcall.Tests.Http;

namespace Rollcall.Tests.Health;

public sealed class EndpointProbeTests : IDisposable
{
    private static readonly ProbeOptions Tcp = new();
    private static readonly ProbeOptions Http = new() { Kind = "http", Timeout = TimeSpan.FromSeconds(10) };

    private readonly EndpointProbe _probe = new(TimeProvider.System);

    [Theory]
    [InlineData(200, null)]
    [InlineData(204, null)]
    [InlineData(302, "FailedProbe")]
    [InlineData(404, "FailedProbe")]
    [InlineData(503, "FailedProbe")]
    public async Task Http_TheStatusDecides_AndNoRedirectIsFollowed(int status, string? problem)
    {
        var paths = new List<string>();
        await using var server = await TestServer.StartAsync(context =>
        {
            paths.Add(context.Request.Path);
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "/elsewhere";
            return Task.CompletedTask;
        });

        var result = await ProbeAsync(server.Endpoint("a"), Http);

        Assert.Equal(problem, result.Problem?.ToString());
        Assert.Equal(["/health"], paths);
        Assert.Equal(problem is null ? "" : $"GET /health was answered with {status}", result.Detail);
    }

    [Fact]
    public async Task Http_AnEndlessBody_IsNotRead()
    {
        await using var server = await TestServer.StartAsync(static async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.WriteAsync(new string('x', 10_000), context.RequestAborted);
        });

        Assert.Null((await ProbeAsync(server.Endpoint("a"), Http)).Problem);
    }

    [Fact]
    public async Task Frozen_TcpIsWell_HttpIsSilent()
    {
        await using var frozen = BadServer.Frozen();

        Assert.Null((await ProbeAsync(frozen.Endpoint("a"), Tcp)).Problem);
        var result = await ProbeAsync(frozen.Endpoint("a"), new ProbeOptions { Kind = "http", Timeout = TimeSpan.FromMilliseconds(100) });

        Assert.Equal(AvoidReason.Silent, result.Problem);
        Assert.Equal("a probe was not answered within 100ms", result.Detail);
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("http")]
    public async Task NobodyListens_IsUnreachable(string kind)
    {
        using var port = new ReservedPort();

        Assert.Equal(AvoidReason.Unreachable, (await ProbeAsync(new Endpoint("a", "127.0.0.1", port.Number), new ProbeOptions { Kind = kind })).Problem);
    }

    [Fact]
    public async Task Port_IsTheNamedOne_ElseHttp_ElseTheFirst()
    {
        await using var server = await TestServer.StartAsync("ok");
        var port = server.Endpoint("a").Ports.Values.Single();
        var ports = new SmallMap<int>([new("admin", port), new("http", 1)]);

        Assert.Null((await ProbeAsync(new Endpoint("a", "127.0.0.1", ports), new ProbeOptions { Port = "admin" })).Problem);
        Assert.NotNull((await ProbeAsync(new Endpoint("a", "127.0.0.1", ports), Tcp)).Problem);
        Assert.Null((await ProbeAsync(new Endpoint("a", "127.0.0.1", new SmallMap<int>([new("admin", port), new("other", 1)])), Tcp)).Problem);
        var missing = await ProbeAsync(new Endpoint("a", "127.0.0.1", ports), new ProbeOptions { Port = "grpc" });
        Assert.Equal("it has no port 'grpc' to probe", missing.Detail);
    }

    public void Dispose() => _probe.Dispose();

    private async Task<ProbeResult> ProbeAsync(Endpoint endpoint, ProbeOptions options) =>
        await Eventually.Within(_probe.ProbeAsync(endpoint, options, CancellationToken.None));
}
