using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Rollcall.Watching;

/// <summary>
/// Hands out the one shared watch of each target in this process. Thread-safe; one per process, owned by the container.
/// </summary>
/// <example>
/// <code>
/// await using var resolver = new ServiceResolver(new SourceRegistry([new RollcallSource()]));
/// using var watch = resolver.Watch(ServiceTarget.Parse("rollcall:///orders"));
/// await foreach (var set in watch.ReadAllAsync(cancellationToken))
///     Console.WriteLine($"{set.Endpoints.Length} endpoints, {set.Freshness}");
/// </code>
/// </example>
public sealed class ServiceResolver : IAsyncDisposable, IDisposable
{
    private readonly IDiscoverySource _source;
    private readonly WatchTable _table;

    /// <summary>A resolver over one source, which is as a rule a registry of sources by scheme.</summary>
    /// <param name="source">Answers for every target asked for; not owned.</param>
    /// <param name="options">How to watch; null for the defaults.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="random">For jitter; null for one with a seed of its own.</param>
    /// <param name="logger">Where a watch says that it went stale or came back; null for nowhere.</param>
    /// <param name="meters">Where metrics are made, in the meter <c>Rollcall</c>; null for one nobody listens to.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names each.</exception>
    public ServiceResolver(
        IDiscoverySource source,
        WatchOptions? options = null,
        TimeProvider? time = null,
        Random? random = null,
        ILogger<ServiceResolver>? logger = null,
        IMeterFactory? meters = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        options ??= new WatchOptions();
        var errors = WatchOptionsValidator.Errors(options).ToList();
        if (errors.Count > 0)
            throw new ArgumentException(string.Join(' ', errors), nameof(options));
        _source = source;
        time ??= TimeProvider.System;
        random ??= new Random();
        ILogger log = logger ?? (ILogger)NullLogger.Instance;
        WatchMetrics? metrics = null;
        // Only called under the table's lock, so the shared generator needs none of its own.
        _table = new WatchTable(
            target => new SharedWatch(target, new WatchContext(source, options, time, new Random(random.Next()), log, metrics!)),
            options.Linger,
            time);
        metrics = new WatchMetrics(meters, _table.SnapshotAges);
    }

    /// <summary>Shared watches that run, including those nobody counts on any more.</summary>
    internal int WatchCount => _table.Count;

    /// <summary>
    /// A reference to the shared watch of <paramref name="target"/>, which starts with the first reference and stops
    /// <see cref="WatchOptions.Linger"/> after the last is disposed.
    /// </summary>
    /// <exception cref="ArgumentException">No source answers for the scheme, or the target is malformed.</exception>
    public ServiceWatch Watch(ServiceTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        _source.Validate(target);
        return new ServiceWatch(_table.Acquire(target), _table);
    }

    /// <summary>
    /// The current state: from the shared watch when there is one, else asked for once, without starting one. Who asks often should watch.
    /// </summary>
    /// <exception cref="ArgumentException">No source answers for the scheme, or the target is malformed.</exception>
    /// <exception cref="DiscoveryException">None could be had; the message says why.</exception>
    public ValueTask<EndpointSet> ResolveAsync(ServiceTarget target, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        return _table.TryAcquire(target) is { } shared
            ? FromWatchAsync(new ServiceWatch(shared, _table), cancellationToken)
            : _source.DiscoverAsync(target, cancellationToken);
    }

    /// <summary>Ends every watch and waits until they have ended.</summary>
    public ValueTask DisposeAsync() => _table.DisposeAsync();

    /// <summary>Asks every watch to end, without waiting until they have; for containers that are disposed of synchronously.</summary>
    public void Dispose() => _table.Stop();

    private static async ValueTask<EndpointSet> FromWatchAsync(ServiceWatch watch, CancellationToken cancellationToken)
    {
        using (watch)
            return await watch.GetAsync(cancellationToken);
    }
}
