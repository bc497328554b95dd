using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rollcall.Gossip;
using Rollcall.Http;
using Rollcall.Pooling;
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

    public static void PoolingTcp(WebApplicationBuilder builder)
    {
        builder.Services.AddRollcallTcpPool("vnc", options => options.Service = "rollcall:///desktops");
    }

    public static async Task PoolingRentAsync([FromKeyedServices("vnc")] ServiceConnectionPool<NetworkStream> pool, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        using var rented = await pool.RentAsync(cancellationToken);
        try
        {
            await rented.Connection.WriteAsync(request, cancellationToken);
        }
        catch (IOException)
        {
            rented.Fail();
            throw;
        }
    }

    public static void PoolingOwn(WebApplicationBuilder builder)
    {
        builder.Services.AddRollcallPool("ledger", new ConnectionLifecycle<TcpClient>
        {
            ConnectAsync = async (endpoint, cancellationToken) =>
            {
                var client = new TcpClient();
                await client.ConnectAsync(endpoint.Host, endpoint.Ports["ledger"], cancellationToken);
                return client;
            },
            CheckAsync = async (client, cancellationToken) =>
            {
                await client.GetStream().WriteAsync("PING\n"u8.ToArray(), cancellationToken);
                return await client.GetStream().ReadAsync(new byte[5], cancellationToken) == 5;
            },
        });
    }

    public static void ResilienceRequest(string customer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders/v1/orders/7");
        request.Options.Set(RollcallRequest.Key, customer);
        var trace = new RequestTrace();
        request.Options.Set(RollcallRequest.Trace, trace);
    }

    public static async Task ResilienceWebSocketAsync(IServiceProvider provider, CancellationToken cancellationToken)
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri("ws://orders/events"), provider.GetRequiredService<RollcallInvoker>(), cancellationToken);
    }

    public static void ResilienceConnect(IServiceProvider provider)
    {
        var handler = new SocketsHttpHandler { ConnectCallback = provider.GetRequiredService<RollcallConnector>().ConnectAsync };
        handler.Dispose();
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

    public static async Task GossipAsync(CancellationToken cancellationToken)
    {
        var options = GossipOptions.Lan();
        options.Name = "orders-1";
        options.Bind = new IPEndPoint(IPAddress.Loopback, 0);                  // this machine alone, at a free port
        options.Serf = true;                                                   // Serf agents may be members
        options.Tags["role"] = "orders";

        using var logging = LoggerFactory.Create(logs => logs.AddConsole());   // says why nobody could be joined, and much more
        await using var node = new GossipNode(options, logger: logging.CreateLogger<GossipNode>());
        await node.StartAsync(cancellationToken);
        await node.JoinAsync(["127.0.0.1:7946"], cancellationToken);           // web-1 of above; it is tried until it answers

        await foreach (var change in node.WatchAsync(cancellationToken))       // all members first, then each change
            Console.WriteLine($"{change.Kind} {change.Member?.Name}: {change.Membership.Members.Count(member => member.IsLive)} live");
    }
}
