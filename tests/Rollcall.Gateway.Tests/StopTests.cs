using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Rollcall.TestKit;

namespace Rollcall.Gateway.Tests;

public sealed class StopTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(300);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("stop-");

    private string Log => Path.Combine(_directory.FullName, "access.log");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task A_request_under_way_is_finished_and_no_other_is_taken()
    {
        var (came, leave) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var backEnd = await TestBackEnd.StartAsync(async context =>
        {
            // Another that comes before the gateway has stopped to listen is let go.
            if (came.TrySetResult())
                await leave.Task;
            await context.Response.WriteAsync("finished");
        });
        await using var gateway = await TestGateway.StartAsync($"default: {backEnd.Target}", TimeSpan.FromMinutes(5), static _ => { });
        var request = gateway.GetAsync("/");
        await Eventually.Within(came.Task);

        var stop = gateway.Host.StopAsync(CancellationToken.None);
        using var other = new HttpClient { BaseAddress = gateway.Client.BaseAddress };
        await Assert.ThrowsAsync<HttpRequestException>(async () =>
        {
            // It stops to listen a moment after it is told to stop.
            while (true)
                await other.GetStringAsync(new Uri("/?other", UriKind.Relative), new CancellationTokenSource(Eventually.Limit).Token).WaitAsync(Eventually.Limit);
        });
        Assert.False(stop.IsCompleted);
        leave.SetResult();

        Assert.Equal("finished", await Eventually.Within(request));
        await Eventually.Within(stop);
    }

    [Fact]
    public async Task A_request_that_does_not_end_is_ended_when_its_time_is_over_and_written_down()
    {
        var (came, left) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var backEnd = await TestBackEnd.StartAsync(async context =>
        {
            await using var _ = context.RequestAborted.Register(() => left.TrySetResult());
            came.TrySetResult();
            await left.Task;
        });
        await using var gateway = await TestGateway.StartAsync($"accessLog: {{ file: {Log} }}\ndefault: {backEnd.Target}", Bound, static _ => { });
        var request = gateway.GetAsync("/endless");
        await Eventually.Within(came.Task);

        await Eventually.Within(gateway.Host.StopAsync(CancellationToken.None));

        await Assert.ThrowsAsync<HttpRequestException>(() => Eventually.Within(request));
        await Eventually.Within(left.Task);
        Assert.Contains("/endless", Assert.Single(await File.ReadAllLinesAsync(Log)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_WebSocket_does_not_keep_the_gateway_from_stopping()
    {
        await using var backEnd = await TestBackEnd.StartAsync(static async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await socket.ReceiveAsync(new byte[1], context.RequestAborted);
        });
        await using var gateway = await TestGateway.StartAsync($"accessLog: {{ file: {Log} }}\ndefault: {backEnd.Target}", Bound, static _ => { });
        using var socket = new ClientWebSocket();
        using var limit = new CancellationTokenSource(Eventually.Limit);
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{gateway.Client.BaseAddress!.Port}/chat"), limit.Token);

        await Eventually.Within(gateway.Host.StopAsync(CancellationToken.None));

        await Assert.ThrowsAsync<WebSocketException>(() => Eventually.Within(socket.ReceiveAsync(new byte[1], limit.Token)));
        Assert.Contains("\"status\":101", Assert.Single(await File.ReadAllLinesAsync(Log)), StringComparison.Ordinal);
    }
}
