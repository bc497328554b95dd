using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Rollcall.TestKube.Certificates;

namespace Loco.Demo;

/// <summary>Everything that runs: the cluster, what its kubelets do, the node, the viewer, and those who watch.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private readonly Kubelets _kubelets;

    private Stage(Processes processes, LocoCluster cluster, Kubelets kubelets, SliceObserver truth, NodeObserver node, string viewerUrl, string kubeconfig) =>
        (Processes, Cluster, _kubelets, Truth, Node, ViewerUrl, Kubeconfig) = (processes, cluster, kubelets, truth, node, viewerUrl, kubeconfig);

    public Processes Processes { get; }

    public LocoCluster Cluster { get; }

    /// <summary>What the API server holds.</summary>
    public SliceObserver Truth { get; }

    /// <summary>What the node shows.</summary>
    public NodeObserver Node { get; }

    public string ViewerUrl { get; }

    /// <summary>The administrator's, for who wants to look with kubectl.</summary>
    public string Kubeconfig { get; }

    public static async Task<Stage> OpenAsync(Processes processes, TimeProvider time, CancellationToken cancellationToken)
    {
        var cluster = await LocoCluster.StartAsync(cancellationToken);
        var kubeconfig = Path.Combine(processes.Directory, "kubeconfig");
        ClientFiles.WritePrivate(kubeconfig, cluster.Server.Kubeconfig(@namespace: LocoCluster.Namespace));
        var viewerUrl = FreeUrl();
        var nodeUrl = StartNode(processes, cluster, viewerUrl);
        processes.Start("viewer", "Loco.Viewer", "Loco.Viewer", ["--urls", viewerUrl], new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ROLLCALL_NODE"] = nodeUrl,
            ["Rollcall__Services__emulators"] = $"rollcall:///{LocoCluster.Service}",
            ["Viewer__AllowedOrigins__0"] = nodeUrl,
        });
        return new Stage(processes, cluster, new Kubelets(processes, cluster, time), new SliceObserver(cluster, time), new NodeObserver(nodeUrl, time), viewerUrl, kubeconfig);
    }

    /// <summary>Throws what went wrong with anything that runs.</summary>
    public void ThrowIfBroken()
    {
        _kubelets.ThrowIfBroken();
        Node.ThrowIfBroken();
        Processes.ThrowIfAnyDied();
    }

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        await Truth.DisposeAsync();
        await _kubelets.DisposeAsync();
        await Cluster.DisposeAsync();
    }

    // As the chart starts it, but that the account's rights come in a kubeconfig.
    private static string StartNode(Processes processes, LocoCluster cluster, string viewerUrl)
    {
        var url = FreeUrl();
        var (kubeconfig, metadata, settings) = (Path.Combine(processes.Directory, "backend.kubeconfig"), Path.Combine(processes.Directory, "metadata.yaml"), Path.Combine(processes.Directory, "node.yaml"));
        ClientFiles.WritePrivate(kubeconfig, cluster.Kubeconfig());
        File.WriteAllText(metadata, """
            template: 'Windows 98 - {ordinal == 0 ? "Game Server" : "Client {ordinal}"}'
            """);
        var pictures = $"ws://{new Uri(viewerUrl).Authority}/vnc/{{id}}";
        File.WriteAllText(settings, $"""
            imports:
              {LocoCluster.Service}:
                target: k8s:///{LocoCluster.Namespace}/{LocoCluster.Service}
                metadata: {metadata}
            dashboard:
              viewer: {pictures}
            """);
        processes.Start("node", "Rollcall.Cli", "rollcall", ["serve", "--urls", url, "--data", Path.Combine(processes.Directory, "data"), "--durability", "memory", "--config", settings], new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["DISCOVERY_MODE"] = "kubernetes-endpointslices",
            ["EMULATOR_SERVICE_NAME"] = LocoCluster.Service,
            ["POD_NAMESPACE"] = LocoCluster.Namespace,
            ["KUBECONFIG"] = kubeconfig,
        });
        return url;
    }

    private static string FreeUrl()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
    }
}
