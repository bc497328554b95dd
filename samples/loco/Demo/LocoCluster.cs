using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Demo;
using Rollcall.TestKube;
using Rollcall.TestKube.Access;
using Rollcall.TestKube.Controllers;

namespace Loco.Demo;

/// <summary>The API server double with what the chart would install: the emulators' stateful set and headless service, and an account for the node with its rights.</summary>
internal sealed class LocoCluster : IAsyncDisposable
{
    public const string Namespace = "loco";
    public const string Service = "loco-loco-emulator";
    public const int VncPort = 5901;
    public const int HealthPort = 8080;

    private readonly HttpClient _admin;

    private LocoCluster(KubeServer server, IPNetwork pods)
    {
        Server = server;
        Pods = pods;
        _admin = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is X509Certificate2 issued && server.Authority.HasIssued(issued) } })
        {
            BaseAddress = server.Url,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", server.AdminToken) },
        };
    }

    public KubeServer Server { get; }

    /// <summary>Where pods get their addresses from.</summary>
    public IPNetwork Pods { get; }

    public static async Task<LocoCluster> StartAsync(CancellationToken cancellationToken)
    {
        var pods = FreeNetwork();
        // When a pod is ready and when it is gone the processes say, not the stand-in for the kubelets.
        var never = TimeSpan.FromDays(1);
        var server = await KubeServer.StartAsync(new() { Controllers = new ClusterOptions { PodNetwork = pods, StartTime = never, StopTime = never } }, cancellationToken);
        server.Put(Manifest.Node("machine-a", "a"));
        server.Put(Manifest.Node("machine-b", "b", "192.168.0.2"));
        server.Put(HeadlessService());
        server.Put(StatefulSet());
        return new LocoCluster(server, pods);
    }

    /// <summary>A kubeconfig with the rights the chart's role gives, and no more.</summary>
    public string Kubeconfig() =>
        Server.Kubeconfig(Server.AddServiceAccount(Namespace, "loco-loco-backend", AccessRule.Read(Namespace, "endpoints", "endpointslices")), Namespace);

    /// <summary>As kubectl scale does.</summary>
    public async Task ScaleAsync(int replicas, CancellationToken cancellationToken)
    {
        using var patch = new StringContent(new JsonObject { ["spec"] = new JsonObject { ["replicas"] = replicas } }.ToJsonString(), Encoding.UTF8, "application/merge-patch+json");
        using var answer = await _admin.PatchAsync(new Uri($"/apis/apps/v1/namespaces/{Namespace}/statefulsets/{Service}/scale", UriKind.Relative), patch, cancellationToken);
        if (!answer.IsSuccessStatusCode)
            throw new DemoException($"Scaling to {replicas} was answered by {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await Server.DisposeAsync();
    }

    // All of 127.0.0.0/8 is this machine, so every pod has an address of its own. Another demo may run already.
    private static IPNetwork FreeNetwork()
    {
        for (var third = 1; third < 100; third++)
        {
            var network = IPNetwork.Parse($"127.0.{third}.0/24");
            if (IsFree($"127.0.{third}.1", VncPort) && IsFree($"127.0.{third}.1", HealthPort))
                return network;
        }

        throw new DemoException($"No network 127.0.N.0/24 is free: on the first address of each something listens on {VncPort} or {HealthPort}.");
    }

    private static bool IsFree(string address, int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Parse(address), port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static JsonObject Labels() => new()
    {
        ["app.kubernetes.io/component"] = "emulator",
        ["app.kubernetes.io/instance"] = "loco",
        ["app.kubernetes.io/part-of"] = "lego-loco-cluster",
    };

    private static JsonObject HeadlessService()
    {
        var service = Manifest.Service(Namespace, Service, "None", ("vnc", VncPort), ("health", HealthPort));
        service["metadata"]!["labels"] = Labels();
        service["spec"]!["selector"] = Labels();
        service["spec"]!["publishNotReadyAddresses"] = false;
        return service;
    }

    private static JsonObject StatefulSet()
    {
        var set = Manifest.StatefulSet(Namespace, Service, 1, ("vnc", VncPort), ("health", HealthPort));
        set["metadata"]!["labels"] = Labels();
        set["spec"]!["podManagementPolicy"] = "Parallel";
        set["spec"]!["selector"] = new JsonObject { ["matchLabels"] = Labels() };
        set["spec"]!["template"]!["metadata"]!["labels"] = Labels();
        return set;
    }
}
