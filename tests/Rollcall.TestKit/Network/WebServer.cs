using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Rollcall.TestKit.Network;

/// <summary>A web server of the loopback that answers as a test tells it, counts connections and can be made unreachable.</summary>
public sealed class WebServer : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly WebApplication _app;
    private CancellationTokenSource _wire = new();
    private volatile RequestDelegate _answer;
    private volatile bool _isCut;
    private int _connections;

    private WebServer(WebApplication app, RequestDelegate answer) => (_app, _answer) = (app, answer);

    public Uri Url { get; private set; } = new("http://127.0.0.1");

    /// <summary>Connections that are open now.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Path and query of every request so far.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    /// <param name="answer">Called for every request.</param>
    /// <param name="certificate">With one it speaks https.</param>
    public static async Task<WebServer> StartAsync(RequestDelegate answer, X509Certificate2? certificate = null, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        WebServer? server = null;
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen =>
        {
            listen.Use(next => connection => server!.ConnectAsync(connection, next));
            if (certificate is not null)
                listen.UseHttps(certificate);
        }));
        var app = builder.Build();
        server = new WebServer(app, answer);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        server.Url = new Uri(app.Urls.Single());
        return server;
    }

    /// <summary>From now on requests are answered so.</summary>
    public void Answer(RequestDelegate answer) => _answer = answer;

    /// <summary>Resets every connection, and every new one at once.</summary>
    public async Task CutAsync()
    {
        _isCut = true;
        await _wire.CancelAsync();
    }

    /// <summary>Ends <see cref="CutAsync"/>.</summary>
    public void Mend()
    {
        _wire = new CancellationTokenSource();
        _isCut = false;
    }

    public async ValueTask DisposeAsync()
    {
        await CutAsync();
        await _app.DisposeAsync();
    }

    private async Task ConnectAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        Interlocked.Increment(ref _connections);
        try
        {
            using var cut = _wire.Token.Register(connection.Abort);
            if (_isCut)
                connection.Abort();
            else
                await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        _requests.Enqueue(context.Request.Path + context.Request.QueryString.ToString());
        try
        {
            await _answer(context);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // The client, or the wire, has gone.
        }
    }
}
