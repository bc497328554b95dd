using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Rollcall.Node.Tests;

/// <summary>Stands between a client and a real node: holds answers back while several writes become one state, and cuts connections.</summary>
internal sealed class NodeProxy : IAsyncDisposable
{
    private readonly TestNode _node;
    private readonly WebApplication _app;
    private readonly Lock _gate = new();
    private CancellationTokenSource _cut = new();
    private TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _writes;
    private int _connections;
    private volatile bool _broken;

    private NodeProxy(TestNode node)
    {
        _node = node;
        _open.SetResult();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Use(next => connection => ConnectAsync(connection, next))));
        _app = builder.Build();
        _app.Run(ForwardAsync);
    }

    public Uri Url => new(_app.Urls.Single());

    /// <summary>Connections that are open now.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public static async Task<NodeProxy> StartAsync(TestNode node)
    {
        var proxy = new NodeProxy(node);
        await proxy._app.StartAsync();
        return proxy;
    }

    /// <summary>Nobody sees what lies between the first and the last write of <paramref name="write"/>.</summary>
    public async Task AtOnceAsync(Func<Task> write)
    {
        lock (_gate)
        {
            _writes++;
            _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        await write();
        lock (_gate)
        {
            _writes++;
            _open.SetResult();
        }
    }

    public async Task BreakAsync()
    {
        _broken = true;
        await _cut.CancelAsync();
    }

    public void Heal()
    {
        _cut = new CancellationTokenSource();
        _broken = false;
    }

    public async ValueTask DisposeAsync()
    {
        await BreakAsync();
        await _app.DisposeAsync();
    }

    private async Task ConnectAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        Interlocked.Increment(ref _connections);
        try
        {
            if (_broken)
                connection.Abort();
            else
                await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    private async Task ForwardAsync(HttpContext context)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _cut.Token);
        try
        {
            while (!await TryForwardAsync(context, end.Token))
            {
                // A write came in between: what the node said may lie half-way.
            }
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
    }

    private async Task<bool> TryForwardAsync(HttpContext context, CancellationToken end)
    {
        await _open.Task.WaitAsync(end);
        var before = _writes;
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), context.Request.Path + context.Request.QueryString.Value);
        foreach (var header in context.Request.Headers.Where(static header => header.Key != "Host"))
            request.Headers.TryAddWithoutValidation(header.Key, header.Value.ToArray());
        using var response = await _node.Http.SendAsync(request, end);
        var body = await response.Content.ReadAsByteArrayAsync(end);
        lock (_gate)
        {
            if (_writes != before)
                return false;
        }

        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var header in response.Headers.Concat(response.Content.Headers).Where(static header => header.Key != "Transfer-Encoding"))
            context.Response.Headers[header.Key] = header.Value.ToArray();
        await context.Response.Body.WriteAsync(body, end);
        return true;
    }
}
