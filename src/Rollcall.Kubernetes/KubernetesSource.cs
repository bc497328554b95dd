using System.Diagnostics.Metrics;
using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Kubernetes.Api;
using Rollcall.Kubernetes.Mapping;
using Rollcall.Kubernetes.Objects;
using Rollcall.Kubernetes.Reading;
using Rollcall.Kubernetes.Reflecting;
using Rollcall.Watching;

namespace Rollcall.Kubernetes;

/// <summary>
/// Endpoints of Kubernetes services: <c>k8s:///shop/orders</c>, <c>k8s:///shop/orders:http</c>, <c>k8s://context/shop/orders</c>, and <c>k8s:///orders</c> for one of
/// the own namespace. <c>?mode=</c> is <c>endpointslices</c> (default), <c>endpoints</c> or <c>pods</c> (with <c>&amp;selector=</c>, else the service's);
/// <c>?family=</c> is <c>ipv4</c> (default) or <c>ipv6</c>; <c>?pods=true</c> adds what pods know.
/// </summary>
/// <remarks>
/// All targets of a namespace share one watch of each kind of object, and all watches of a cluster one connection (HTTP/2). In a pod it needs its service account to be
/// allowed to list and watch; docs/sources.md has the role. Where slices cannot be read, endpoints are, and the snapshot says so in its
/// <see cref="EndpointSet.Freshness"/>. Endpoints are named after their pods, and carry what else is known as metadata.
/// </remarks>
public sealed class KubernetesSource : DiscoverySource, IAsyncDisposable, IDisposable
{
    // The first snapshot waits so long, and no longer, for the own zone; what comes later makes another snapshot.
    private static readonly TimeSpan ZoneGrace = TimeSpan.FromSeconds(1);

    private readonly ClusterContext _context;
    private readonly SharedTable<string, Cluster> _clusters;

    /// <summary>A source with these options.</summary>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="random">For jitter; null for one with a seed of its own.</param>
    /// <param name="logger">Null for none.</param>
    /// <param name="meters">Null for none.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public KubernetesSource(
        KubernetesSourceOptions? options = null, TimeProvider? time = null, Random? random = null, ILogger<KubernetesSource>? logger = null, IMeterFactory? meters = null)
        : base(time, random)
    {
        options ??= new KubernetesSourceOptions();
        var errors = KubernetesSourceOptionsValidator.Errors(options).ToArray();
        if (errors.Length > 0)
            throw new ArgumentException(string.Join(' ', errors), nameof(options));
        _context = new ClusterContext(options, Time, () => new Random((int)(NextJitter() * int.MaxValue)), (ILogger?)logger ?? NullLogger.Instance, new ReflectorMetrics(meters));
        _clusters = new(options.Linger, Time);
    }

    /// <inheritdoc />
    public override IReadOnlyCollection<string> Schemes { get; } = ["k8s"];

    /// <summary>An attempt costs nothing while what it needs is not to be had: the shared watch of its objects has a backoff of its own.</summary>
    protected override Backoff Backoff => new(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(1));

    /// <inheritdoc />
    public override void Validate(ServiceTarget target) => KubernetesTarget.Parse(target);

    /// <summary>Ends every watch and closes the connections.</summary>
    public ValueTask DisposeAsync() => _clusters.DisposeAsync();

    /// <summary>As <see cref="DisposeAsync"/>, for containers that are disposed of so; waits until everything has ended, which takes no more than a moment.</summary>
    public void Dispose() => Task.Run(() => DisposeAsync().AsTask()).GetAwaiter().GetResult();

    /// <inheritdoc />
    protected override IAsyncEnumerable<SourceAnswer> ReadAsync(ServiceTarget target, CancellationToken cancellationToken) => FollowAsync(target, who: target, cancellationToken);

    /// <inheritdoc />
    protected override async Task<SourceAnswer> ReadOnceAsync(ServiceTarget target, CancellationToken cancellationToken)
    {
        // Whoever asks once hears what is wrong, even if others have heard it before.
        await foreach (var answer in FollowAsync(target, who: null, cancellationToken))
            return answer;
        throw new DiscoveryException($"Discovering {target} failed: the source ended without an answer.");
    }

    private async IAsyncEnumerable<SourceAnswer> FollowAsync(ServiceTarget target, object? who, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var parsed = KubernetesTarget.Parse(target);
        await using var lease = _clusters.Acquire(parsed.Context ?? "", () => Cluster.Open(_context, parsed.Context));
        var cluster = lease.Value;
        var space = parsed.Namespace ?? cluster.Settings.Namespace;
        var mode = parsed.Mode ?? _context.Options.Mode;
        var slices = mode == KubernetesMode.EndpointSlices ? cluster.SlicesOf(space) : null;
        var zone = cluster.Zone.FindAsync();
        var isFirst = true;
        while (true)
        {
            var kind = slices?.Kind;
            var changed = slices?.Changed;
            await using var view = CreateView(target, parsed, cluster, space, mode, slices, who);
            if (isFirst)
                await GiveTimeAsync(zone, cancellationToken);
            isFirst = false;
            while (true)
            {
                var isZoneKnown = zone.IsCompletedSuccessfully;
                if (isZoneKnown)
                    view.Learn(await zone);
                var wake = view.Wake;
                SourceAnswer? answer;
                try
                {
                    answer = view.TryTake();
                }
                catch (DiscoveryException refusal) when (kind is not null && slices!.OnRefused(kind, refusal))
                {
                    break;
                }
                catch (DiscoveryException refusal) when (slices is { Kind: null, Refusal: { } first } && refusal.InnerException is ApiException { Status: HttpStatusCode.Forbidden })
                {
                    // Slices are what should be allowed; endpoints would only do. Nothing else is left to read, so slices are not left alone for long.
                    await slices.RetryAsync(isNeeded: true, cancellationToken);
                    if (slices.Kind is not null)
                        break;
                    throw new DiscoveryException($"{first}\nNor can endpoints be read instead. {refusal.Message}", refusal);
                }

                if (answer is { } known)
                {
                    yield return known;
                    continue;
                }

                var news = isZoneKnown ? wake : Task.WhenAny(wake, zone);
                if (slices is null || kind is not null)
                    await news.WaitAsync(cancellationToken);
                else if (!await WaitAsync(slices, news, changed!, cancellationToken))
                    break;
            }
        }
    }

    private async Task GiveTimeAsync(Task zone, CancellationToken cancellationToken)
    {
        try
        {
            if (_context.Options.PreferOwnZone)
                await zone.WaitAsync(ZoneGrace, Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // It will be learned later.
        }
    }

    // While endpoints are read instead of slices, somebody has to try slices from time to time. False when they can be had.
    private async Task<bool> WaitAsync(SliceAccess slices, Task wake, Task changed, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAny(wake, changed).WaitAsync(slices.UntilRetry, Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            await slices.RetryAsync(isNeeded: false, cancellationToken);
        }

        return slices.Kind is null;
    }

    private TargetView CreateView(ServiceTarget target, KubernetesTarget parsed, Cluster cluster, string space, KubernetesMode mode, SliceAccess? slices, object? who)
    {
        var options = _context.Options;
        var mapper = new EndpointMapper(space, parsed.Service, options.ClusterDomain, parsed.Port, parsed.Family ?? options.Family);
        var zones = new ZonePreference(options.PreferOwnZone, target, _context.Logger);
        var words = new TargetWords(target, parsed.Service, parsed.Port, slices?.Reason, who);
        string[] labels = [.. options.Labels];
        if (mode == KubernetesMode.Pods)
        {
            var services = parsed.Selector is null ? cluster.Follow(ResourceKinds.Services, space) : null;
            return new PodsView(cluster.Follow(ResourceKinds.Pods, space), services, parsed.Selector, mapper, words, labels, zones);
        }

        return slices?.Kind is { } kind
            ? new ObjectsView<EndpointSliceObject>(cluster.Follow(kind, space), mapper.Map, words, zones, FollowPods)
            : new ObjectsView<EndpointsObject>(cluster.Follow(ResourceKinds.Endpoints, space), mapper.Map, words, zones, FollowPods);

        PodFollower? FollowPods(Action wake) => parsed.ReadPods ?? (options.ReadPods || labels.Length > 0)
            ? new PodFollower(cluster.Follow(ResourceKinds.Pods, space), labels, target, _context.Logger, Time, wake)
            : null;
    }
}
