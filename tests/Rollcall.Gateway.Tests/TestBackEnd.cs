using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Rollcall.Gateway.Tests;

/// <summary>A real server on a free port of loopback, of which a test says what it answers.</summary>
internal sealed class TestBackEnd : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestBackEnd(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.First());

    /// <summary>As a target of a route: one static endpoint.</summary>
    public string Target => $"static:///127.0.0.1:{Url.Port}";

    public static async Task<TestBackEnd> StartAsync(RequestDelegate answer, HttpProtocols protocols = HttpProtocols.Http1)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
        var app = builder.Build();
        app.UseWebSockets();
        app.Run(answer);
        await app.StartAsync();
        return new TestBackEnd(app);
    }

    /// <summary>One that answers every request with a word.</summary>
    public static Task<TestBackEnd> SayingAsync(string word) => StartAsync(context => context.Response.WriteAsync(word));

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
    }
}
