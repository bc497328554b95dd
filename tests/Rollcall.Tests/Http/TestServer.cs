using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Rollcall.TestKit.Network;

namespace Rollcall.Tests.Http;

/// <summary>A real Kestrel server on the loopback, with one handler for every request.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _requests;

    private TestServer(WebApplication app) => _app = app;

    public int Port => new Uri(_app.Urls.First()).Port;

    public int Requests => Volatile.Read(ref _requests);

    public static Task<TestServer> StartAsync(string answer) => StartAsync(context => context.Response.WriteAsync(answer));

    public static async Task<TestServer> StartAsync(RequestDelegate handler, Action<ListenOptions>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, configure ?? (static _ => { })));
        builder.WebHost.UseShutdownTimeout(TimeSpan.Zero);
        var app = builder.Build();
        var server = new TestServer(app);
        app.Run(context =>
        {
            Interlocked.Increment(ref server._requests);
            return handler(context);
        });
        await app.StartAsync();
        return server;
    }

    public Endpoint Endpoint(string id) => new(id, "127.0.0.1", Port);

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

/// <summary>Sockets that behave badly.</summary>
internal static class BadServer
{
    private static readonly ConcurrentBag<ReservedPort> Refusing = [];

    /// <summary>A port at which nobody listens as long as this program runs.</summary>
    public static int RefusingPort()
    {
        var port = new ReservedPort();
        Refusing.Add(port);
        return port.Number;
    }

    /// <summary>Reads a request's head, then resets the connection.</summary>
    public static RawServer Resetting() => new(async (socket, stop) =>
    {
        var buffer = new byte[4096];
        await socket.ReceiveAsync(buffer, stop);
        socket.LingerState = new LingerOption(true, 0);
    });

    /// <summary>Reads a request's head, then closes the connection in good order without an answer.</summary>
    public static RawServer Hanging() => new(async (socket, stop) =>
    {
        var buffer = new byte[4096];
        await socket.ReceiveAsync(buffer, stop);
        socket.Shutdown(SocketShutdown.Both);
    });

    /// <summary>Accepts and never answers, like a process that was stopped with SIGSTOP.</summary>
    public static RawServer Frozen() => new(async (_, stop) => await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop));
}

internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _connections;

    public RawServer(Func<Socket, CancellationToken, Task> serve)
    {
        _listener.Start();
        _accepting = AcceptAsync(serve);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Connections => Volatile.Read(ref _connections);

    public Endpoint Endpoint(string id) => new(id, "127.0.0.1", Port);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync(Func<Socket, CancellationToken, Task> serve)
    {
        List<Task> served = [];
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                served.Add(ServeAsync(socket));
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
        }

        await Task.WhenAll(served);

        async Task ServeAsync(Socket socket)
        {
            try
            {
                await serve(socket, _stop.Token);
            }
            catch (OperationCanceledException)
            {
            }
            finally
            {
                socket.Dispose();
            }
        }
    }
}
