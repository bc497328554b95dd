using System.Text.Json.Nodes;
using Rollcall.TestKit;
using Rollcall.TestKit.Telemetry;
using Rollcall.TestKube;
using Rollcall.TestKube.Certificates;

namespace Rollcall.Kubernetes.Tests;

/// <summary>An API server double with a kubeconfig of its own, and sources that ask it.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    public const string Space = "shop";
    public const string Service = "orders";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("rollcall-kube-");
    private readonly List<KubernetesSource> _sources = [];

    private TestCluster(KubeServer server, TimeProvider time)
    {
        Server = server;
        Time = time;
        WriteKubeconfig(server.Kubeconfig(@namespace: Space));
    }

    public KubeServer Server { get; }

    public TimeProvider Time { get; }

    public string Folder => _directory.FullName;

    public string KubeconfigFile => Path.Combine(_directory.FullName, "config");

    public LogRecorder<KubernetesSource> Log { get; } = new();

    public static async Task<TestCluster> StartAsync(KubeServerOptions? options = null)
    {
        options ??= new KubeServerOptions();
        return new TestCluster(await KubeServer.StartAsync(options), options.Time);
    }

    public void WriteKubeconfig(string text) => ClientFiles.WritePrivate(KubeconfigFile, text);

    /// <summary>A source of this cluster. Without linger, so that a test sees what is left behind.</summary>
    public KubernetesSource Source(Action<KubernetesSourceOptions>? configure = null, System.Diagnostics.Metrics.IMeterFactory? meters = null)
    {
        var options = new KubernetesSourceOptions { KubeConfig = KubeconfigFile, Linger = TimeSpan.Zero, Variable = static _ => null };
        if (Time is VirtualTime)
        {
            // Virtual time runs far ahead of real sockets; the deadlines have tests of their own.
            options.RequestTimeout = options.IdleTimeout = options.ResyncInterval = TimeSpan.FromDays(1);
        }

        configure?.Invoke(options);
        var source = new KubernetesSource(options, Time, new Random(1), Log, meters);
        _sources.Add(source);
        return source;
    }

    public void PutSlice(string name, params IEnumerable<JsonObject> endpoints) =>
        Server.Put(Manifest.Slice(Space, Service, name, [("http", 80)], endpoints));

    public async ValueTask DisposeAsync()
    {
        foreach (var source in _sources)
            await source.DisposeAsync();
        await Server.DisposeAsync();
        _directory.Delete(recursive: true);
    }
}
