using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Rollcall.Api;
using Rollcall.TestKit;
using Rollcall.TestKit.Network;

namespace Rollcall.Tests.Api;

public sealed class NodeClientOverTcpTests
{
    [Fact]
    public async Task Nobody_listening_is_connection_refused()
    {
        using var port = new ReservedPort();
        using var http = NodeClient.CreateHttpClient(NodeUrl.Parse($"127.0.0.1:{port.Number}"));

        var error = await Assert.ThrowsAsync<NodeException>(() => Eventually.Within(new NodeClient(http).GetStatusAsync()));

        Assert.Contains($"connection refused (http://127.0.0.1:{port.Number})", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_cut_short_is_told()
    {
        await using var app = await StartAsync(async context =>
        {
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = 1000;
            await context.Response.WriteAsync("{");
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        using var http = NodeClient.CreateHttpClient(NodeUrl.Parse(app.Urls.First()));

        var error = await Assert.ThrowsAsync<NodeException>(() => Eventually.Within(new NodeClient(http).GetStatusAsync()));

        Assert.True(error.IsUnreachable);
        Assert.StartsWith("Could not ask for the status: the connection was ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_without_end_is_refused()
    {
        await using var app = await StartAsync(context =>
        {
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync(new string(' ', 2000));
        });
        using var http = NodeClient.CreateHttpClient(NodeUrl.Parse(app.Urls.First()));
        http.MaxResponseContentBufferSize = 1000;

        var error = await Assert.ThrowsAsync<NodeException>(() => Eventually.Within(new NodeClient(http).GetStatusAsync()));

        Assert.Contains("larger than this client accepts", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_base_path_is_kept()
    {
        await using var app = await StartAsync(context => context.Response.WriteAsync(context.Request.Path == "/registry/api/services"
            ? """{"revision":1,"services":[]}"""
            : "wrong path"));
        using var http = NodeClient.CreateHttpClient(new Uri(app.Urls.First() + "/registry"));

        Assert.Equal(1, (await Eventually.Within(new NodeClient(http).ListServicesAsync())).Revision);
    }

    private static async Task<WebApplication> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return app;
    }
}
