using Microsoft.AspNetCore.Http;
using Rollcall.TestKit.Network;

namespace Rollcall.Etcd.Tests;

/// <summary>Stands before a real server. Its first watch goes silent behind the first message, as a connection does that a firewall has forgotten; all else passes.</summary>
internal sealed class DeafProxy : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly Uri _server;
    private readonly Func<Task>? _beforeWatch;
    private WebServer? _web;
    private int _watches;
    private int _ranges;

    private DeafProxy(Uri server, Func<Task>? beforeWatch) => (_server, _beforeWatch) = (server, beforeWatch);

    public Uri Url => _web!.Url;

    public int Watches => Volatile.Read(ref _watches);

    public int Ranges => Volatile.Read(ref _ranges);

    /// <param name="server">The server.</param>
    /// <param name="beforeWatch">Runs before the first watch reaches the server, which then is not deaf.</param>
    public static async Task<DeafProxy> StartAsync(Uri server, Func<Task>? beforeWatch = null)
    {
        var proxy = new DeafProxy(server, beforeWatch);
        proxy._web = await WebServer.StartAsync(proxy.PassAsync);
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _web!.DisposeAsync();
        _http.Dispose();
    }

    private async Task PassAsync(HttpContext context)
    {
        var isWatch = context.Request.Path == "/v3/watch";
        var isFirst = isWatch && Interlocked.Increment(ref _watches) == 1;
        if (!isWatch)
            Interlocked.Increment(ref _ranges);
        using var content = new StreamContent(context.Request.Body);
        if (isFirst && _beforeWatch is not null)
            await _beforeWatch();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_server, context.Request.Path)) { Content = content };
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        context.Response.StatusCode = (int)response.StatusCode;
        await using var body = await response.Content.ReadAsStreamAsync(context.RequestAborted);
        var buffer = new byte[64 * 1024];
        while (await body.ReadAsync(buffer, context.RequestAborted) is var read and > 0)
        {
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            if (isFirst && _beforeWatch is null)
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        }
    }
}
