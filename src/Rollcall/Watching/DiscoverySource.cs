using System.Runtime.CompilerServices;

namespace Rollcall.Watching;

/// <summary>
/// The base of every source: derive from it, write one attempt in <see cref="ReadAsync"/>, and the laws of a watch come with it:
/// equal states are suppressed, revisions grow, a failure becomes one stale snapshot and is retried with <see cref="Backoff"/>,
/// recovery becomes one live snapshot.
/// </summary>
/// <example>
/// <code>
/// protected override async IAsyncEnumerable&lt;SourceAnswer&gt; ReadAsync(
///     ServiceTarget target, [EnumeratorCancellation] CancellationToken cancellationToken)
/// {
///     await using var connection = await OpenAsync(target, cancellationToken);
///     while (true)
///         yield return await connection.NextListAsync(cancellationToken);
/// }
/// </code>
/// </example>
public abstract class DiscoverySource : IDiscoverySource, IFailureReporting
{
    private readonly Random _random;
    private readonly Lock _randomGate = new();

    /// <summary>A source on the given clock and source of jitter.</summary>
    /// <param name="time">For delays and for <see cref="EndpointSet.ObservedAt"/>.</param>
    /// <param name="random">For jitter; null for one with a seed of its own.</param>
    protected DiscoverySource(TimeProvider? time = null, Random? random = null)
    {
        Time = time ?? TimeProvider.System;
        _random = random ?? new Random();
    }

    /// <inheritdoc />
    public abstract IReadOnlyCollection<string> Schemes { get; }

    /// <summary>The clock for every delay and deadline.</summary>
    protected TimeProvider Time { get; }

    /// <summary>How long to wait between failed attempts. Default: <see cref="Backoff.Default"/>.</summary>
    protected virtual Backoff Backoff => Backoff.Default;

    /// <inheritdoc />
    public abstract void Validate(ServiceTarget target);

    /// <summary>The current state from one attempt.</summary>
    /// <exception cref="ArgumentException">The target is malformed.</exception>
    /// <exception cref="DiscoveryException">The attempt failed; the message says why.</exception>
    public async ValueTask<EndpointSet> DiscoverAsync(ServiceTarget target, CancellationToken cancellationToken)
    {
        Validate(target);
        try
        {
            var (endpoints, freshness) = await ReadOnceAsync(target, cancellationToken);
            return new RetryState(target, Backoff, _random).OnReading(new(endpoints, Time.GetUtcNow(), freshness))!;
        }
        catch (Exception error) when (error is not DiscoveryException && !cancellationToken.IsCancellationRequested)
        {
            throw new DiscoveryException($"Discovering {target} failed. {RetryLoop.Describe(error)}", error);
        }
    }

    /// <inheritdoc />
    /// <exception cref="ArgumentException">The target is malformed.</exception>
    public IAsyncEnumerable<EndpointSet> WatchAsync(ServiceTarget target, CancellationToken cancellationToken) =>
        Watch(target, onFailure: null, cancellationToken);

    IAsyncEnumerable<EndpointSet> IFailureReporting.WatchAsync(
        ServiceTarget target, Action<Exception> onFailure, CancellationToken cancellationToken) =>
        Watch(target, onFailure, cancellationToken);

    /// <summary>
    /// One attempt: yields the whole list of endpoints at first and after each change, for as long as it can. Throws when the source
    /// cannot be reached or makes no sense; the message is shown to people, so it should say what was tried, why it failed and what to do
    /// (a <see cref="DiscoveryException"/> is shown as it is). Ending normally asks for a new attempt at once, without any doubt
    /// about what was said so far. A service that does not exist is an empty list. Ids must be unique inside a list.
    /// </summary>
    /// <remarks>
    /// The next element is asked for only after the one before has been applied. Everything opened must be closed within 100 ms of cancellation.
    /// </remarks>
    /// <param name="target">Has passed <see cref="Validate"/>.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    protected abstract IAsyncEnumerable<SourceAnswer> ReadAsync(ServiceTarget target, CancellationToken cancellationToken);

    /// <summary>The current state, once. By default the first element of <see cref="ReadAsync"/>; override it where asking once is cheaper than beginning to watch.</summary>
    /// <param name="target">Has passed <see cref="Validate"/>.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    protected virtual async Task<SourceAnswer> ReadOnceAsync(ServiceTarget target, CancellationToken cancellationToken)
    {
        await foreach (var answer in ReadAsync(target, cancellationToken))
            return answer;
        throw new DiscoveryException($"Discovering {target} failed: the source ended without an answer.");
    }

    /// <summary>
    /// The pause between two failed attempts of a watch. By default <paramref name="delay"/>; an <see cref="IRefreshable"/> source ends it sooner on a hint, within the
    /// limit of how often it follows one. Leaves nothing behind, and ends at once when cancelled.
    /// </summary>
    /// <param name="target">Has passed <see cref="Validate"/>.</param>
    /// <param name="delay">Of <see cref="Backoff"/>.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    protected virtual Task WaitForRetryAsync(ServiceTarget target, TimeSpan delay, CancellationToken cancellationToken) => Task.Delay(delay, Time, cancellationToken);

    /// <summary>A random number from 0 (inclusive) to 1 (exclusive), for jitter. Thread-safe.</summary>
    protected double NextJitter()
    {
        lock (_randomGate)
            return _random.NextDouble();
    }

    private IAsyncEnumerable<EndpointSet> Watch(ServiceTarget target, Action<Exception>? onFailure, CancellationToken cancellationToken)
    {
        Validate(target);
        // Random is not thread-safe and watches run side by side: each gets a generator of its own.
        Random random;
        lock (_randomGate)
            random = new Random(_random.Next());
        return new RetryLoop(target, Backoff, Time, random, onFailure, (delay, stop) => WaitForRetryAsync(target, delay, stop))
            .RunAsync(stop => ReadingsAsync(target, stop), cancellationToken);
    }

    private async IAsyncEnumerable<Reading> ReadingsAsync(ServiceTarget target, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (endpoints, freshness) in ReadAsync(target, cancellationToken))
            yield return new Reading(endpoints, Time.GetUtcNow(), freshness);
    }
}
