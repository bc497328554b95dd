using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Rollcall.TestKube;
using Rollcall.TestKube.Objects;

namespace Rollcall.LiveLoad;

/// <summary>
/// The API server double with emulators in it: endpoint slices as a cluster writes them, and behind each address a server that says how well its emulator is. Every emulator has an address of its own
/// in 127.0.0.0/8, which is all this machine.
/// </summary>
internal sealed class Cluster : IAsyncDisposable
{
    public const string Namespace = "loco";
    public const string Service = "loco-loco-emulator";
    private const int PerSlice = 100;

    private readonly KubeServer _server;
    private readonly WebApplication _health;
    private readonly int _port;

    private Cluster(KubeServer server, WebApplication health, int port, int size)
    {
        (_server, _health, _port, Size) = (server, health, port, size);
    }

    /// <summary>Emulators there are room for.</summary>
    public int Size { get; }

    public static async Task<Cluster> StartAsync(int size, CancellationToken cancellationToken)
    {
        var server = await KubeServer.StartAsync(cancellationToken: cancellationToken);
        server.Put(Manifest.Service(Namespace, Service, "None", ("vnc", 5901), ("health", 8080)));
        for (var port = 21_080; ; port++)
        {
            var health = HealthServer(size, port);
            try
            {
                await health.StartAsync(cancellationToken);
                return new Cluster(server, health, port, size);
            }
            catch (IOException) when (port < 21_180)
            {
                await health.DisposeAsync();
            }
        }
    }

    /// <summary>Makes so many of them the ready ones that are there.</summary>
    public void Scale(int count)
    {
        for (var slice = 0; slice < (Size + PerSlice - 1) / PerSlice; slice++)
        {
            var first = slice * PerSlice;
            var endpoints = Enumerable.Range(first, Math.Clamp(count - first, 0, PerSlice))
                .Select(static ordinal => Manifest.SliceEndpoint(AddressOf(ordinal), node: $"node-{ordinal % 10}", pod: IdOf(ordinal), @namespace: Namespace));
            _server.Put(Manifest.Slice(Namespace, Service, $"{Service}-{slice}", [("vnc", 5901), ("health", _port)], endpoints));
        }
    }

    /// <summary>Makes an emulator ready or not.</summary>
    public void SetReady(int ordinal, bool isReady) => _server.Change(ApiResource.EndpointSlices, Namespace, $"{Service}-{ordinal / PerSlice}", json =>
    {
        var conditions = json["endpoints"]![ordinal % PerSlice]!["conditions"]!;
        (conditions["ready"], conditions["serving"]) = (isReady, isReady);
    });

    public string Kubeconfig() => _server.Kubeconfig();

    public static string IdOf(int ordinal) => string.Create(CultureInfo.InvariantCulture, $"{Service}-{ordinal}");

    public async ValueTask DisposeAsync()
    {
        await _health.DisposeAsync();
        await _server.DisposeAsync();
    }

    private static string AddressOf(int ordinal) => string.Create(CultureInfo.InvariantCulture, $"127.1.{ordinal / 250}.{1 + (ordinal % 250)}");

    // Every answer is a little different from the one before, as those of emulators are.
    private static WebApplication HealthServer(int size, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            for (var ordinal = 0; ordinal < size; ordinal++)
                kestrel.Listen(System.Net.IPAddress.Parse(AddressOf(ordinal)), port);
        });
        var app = builder.Build();
        var asked = 0;
        app.MapGet("/health", context =>
        {
            var rate = 25 + (Interlocked.Increment(ref asked) % 6);
            return context.Response.WriteAsync(string.Create(
                CultureInfo.InvariantCulture, $$$"""{"status":"ok","quality":{"frameRate":{{{rate}}},"targetFrameRate":30,"latencyMs":12,"packetLossPercent":0,"viewers":1}}"""));
        });
        return app;
    }
}
