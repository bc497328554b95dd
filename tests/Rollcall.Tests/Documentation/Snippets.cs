using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Rollcall.Http;
using Rollcall.Watching;

namespace Rollcall.Tests.Documentation;

/// <summary>The C# of the documents, word for word but for indentation, so that it compiles or the build breaks (<see cref="SnippetTests"/>).</summary>
internal static class Snippets
{
    public static void ReadmeAnnounce(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddRollcallRegistration("orders");

        var app = builder.Build();
        app.MapGet("/", () => $"Hello from process {Environment.ProcessId}\n");
        app.Run();
    }

    public static void ReadmeCall(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddRollcall(options => options.DefaultScheme = "rollcall");
        builder.Services.AddHttpClient("orders", client => client.BaseAddress = new Uri("http://orders")).UseRollcall();

        var app = builder.Build();
        app.MapGet("/", (IHttpClientFactory clients) => clients.CreateClient("orders").GetStringAsync("/"));
        app.Run();
    }

    public static async Task LibraryWatchAsync(ServiceResolver resolver, CancellationToken cancellationToken)
    {
        using var watch = resolver.Watch(ServiceTarget.Parse("rollcall:///orders"));   // ServiceResolver, from the container
        EndpointSet set = await watch.GetAsync(cancellationToken);                     // the newest, waiting for the first
        await foreach (var next in watch.ReadAllAsync(cancellationToken))              // state first, then the newest after each change
            Console.WriteLine($"{next.Endpoints.Length} endpoints, {next.Freshness}");
    }

    public static void LibraryAnnounce(WebApplicationBuilder builder)
    {
        builder.Services.AddRollcallRegistration("orders", options =>
        {
            options.Check = "/health";
            options.Zone = "a";
        });
    }

    public static void Explaining(WebApplication app)
    {
        app.MapGet("/explain/{service}", (string service, string? key, ServiceExplainer explainer, CancellationToken end) =>
            explainer.ExplainAsync(service, key, cancellationToken: end));
    }
}
