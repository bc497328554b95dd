using Microsoft.Extensions.Logging;
using Rollcall.Kubernetes.Api;
using Rollcall.Kubernetes.Clusters;
using Rollcall.Kubernetes.Objects;
using Rollcall.Kubernetes.Reflecting;

namespace Rollcall.Kubernetes.Reading;

/// <summary>What all clusters of a source share.</summary>
internal sealed record ClusterContext(KubernetesSourceOptions Options, TimeProvider Time, Func<Random> CreateRandom, ILogger Logger, ReflectorMetrics Metrics);

/// <summary>One cluster: its client and everything that is followed there, shared by all targets.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly ReflectorContext _reflecting;
    private readonly SharedTable<(string Version, string Plural, string Namespace), IAsyncDisposable> _reflectors;
    private readonly SliceAccessTable _sliceAccess;

    private Cluster(ClusterContext context, Func<ClusterSettings> read)
    {
        Client = new ApiClient(read, context.Options.RequestTimeout, context.Time);
        var settings = Client.Settings;
        _reflecting = new ReflectorContext(Client, settings.Name, context.Options, context.Time, context.CreateRandom, context.Logger, context.Metrics);
        _reflectors = new(context.Options.Linger, context.Time);
        _sliceAccess = new SliceAccessTable(Client, settings.Name, context);
        Zone = new OwnZone(Client, context);
    }

    public ClusterSettings Settings => Client.Settings;

    public ApiClient Client { get; }

    public OwnZone Zone { get; }

    /// <summary>Reads the settings of a context; nothing is sent yet.</summary>
    /// <exception cref="DiscoveryException">There are none, or they are wrong.</exception>
    public static Cluster Open(ClusterContext context, string? name) => new(context, () => new ClusterSettingsReader(context.Options).Read(name));

    /// <summary>How slices may be had in a namespace.</summary>
    public SliceAccess SlicesOf(string @namespace) => _sliceAccess.Of(@namespace);

    /// <summary>A use of the one reflector of a kind in a namespace.</summary>
    public ReflectorLease<T> Follow<T>(ResourceKind<T> kind, string @namespace)
        where T : KubernetesObject
    {
        var lease = _reflectors.Acquire((kind.Version, kind.Plural, @namespace), () =>
        {
            var reflector = new Reflector<T>(_reflecting, kind, @namespace);
            reflector.Start();
            return reflector;
        });
        return new ReflectorLease<T>(((Reflector<T>)lease.Value).Store, lease);
    }

    public async ValueTask DisposeAsync()
    {
        await _reflectors.DisposeAsync();
        await Zone.DisposeAsync();
        Client.Dispose();
    }
}

/// <summary>A use of a shared reflector; dispose of it to give it back.</summary>
internal sealed record ReflectorLease<T>(ObjectStore<T> Store, IAsyncDisposable Use) : IAsyncDisposable
    where T : KubernetesObject
{
    public ValueTask DisposeAsync() => Use.DisposeAsync();
}
