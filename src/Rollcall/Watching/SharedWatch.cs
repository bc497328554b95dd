using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Rollcall.Watching;

/// <summary>What every watch of a process shares.</summary>
internal sealed record WatchContext(
    IDiscoverySource Source, WatchOptions Options, TimeProvider Time, Random Random, ILogger Logger, WatchMetrics Metrics);

/// <summary>
/// The one watch of a target: a loop that reads the source, doubts it where that is due (<see cref="HoldDown"/>), and publishes.
/// The loop is the only writer of everything in here but the list of followers.
/// </summary>
internal sealed partial class SharedWatch : IAsyncDisposable
{
    private readonly WatchContext _context;
    private readonly HoldDown _holdDown;
    private readonly Signal _wake = new();
    private readonly Signal _changed = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<EndpointSet> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _started;
    private ImmutableArray<IFollower> _followers = [];
    private EndpointSet? _current;
    private Exception? _lastFailure;
    private TimeSpan? _deadline;

    public SharedWatch(ServiceTarget target, WatchContext context)
    {
        Target = target;
        _context = context;
        _holdDown = new HoldDown(context.Options.HoldDownTime, context.Options.HoldDownLossShare);
        _started = context.Time.GetTimestamp();
        Stopped = _stop.Token;
    }

    public ServiceTarget Target { get; }

    /// <summary>The newest snapshot; null until the first arrives.</summary>
    public EndpointSet? Current => Volatile.Read(ref _current);

    /// <summary>Completes with the first snapshot.</summary>
    public Task<EndpointSet> First => _first.Task;

    /// <summary>Completes at the next publication.</summary>
    public Task NextChange => _changed.Next;

    /// <summary>Cancelled when the watch ends.</summary>
    public CancellationToken Stopped { get; }

    /// <summary>The loop; set by <see cref="Start"/>. Never faults.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    public void Start()
    {
        // The loop outlives the request that happened to be first and must not carry its context (trace, identity) along.
        using AsyncFlowControl? suppressed = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        Ended = Task.Run(RunAsync);
    }

    /// <summary>Asks the loop to end; <see cref="Ended"/> says when it has.</summary>
    public void Stop() => _stop.Cancel();

    /// <summary>Lets the loop look at its followers again.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Hints that the source had better look again, where it looks by itself at all.</summary>
    public void Refresh() => (_context.Source as IRefreshable)?.Refresh(Target);

    /// <summary>Ends the loop and waits for its end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Ended;
        // The token source has neither timer nor wait handle, so there is nothing to dispose of; and a late Stop must stay harmless.
    }

    public void Add(IFollower follower)
    {
        ImmutableInterlocked.Update(ref _followers, static (list, item) => list.Add(item), follower);
        _wake.Set();
    }

    public void Remove(IFollower follower) =>
        ImmutableInterlocked.Update(ref _followers, static (list, item) => list.Remove(item), follower);

    /// <summary>
    /// Waits for <paramref name="first"/> at most as long as a caller may wait for a first snapshot.
    /// </summary>
    /// <exception cref="DiscoveryException">It did not come in time; the message has the last failure.</exception>
    public async Task<T> WaitFirstAsync<T>(Task<T> first, Func<Exception?>? ownFailure, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Stopped);
        try
        {
            return await first.WaitAsync(_context.Options.FirstSnapshotTimeout, _context.Time, either.Token);
        }
        catch (TimeoutException)
        {
            throw Unknown($"within {DurationText.Format(_context.Options.FirstSnapshotTimeout)}", ownFailure);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(
                $"Waiting for the first state of {Target} was cancelled.", Unknown("before the caller gave up", ownFailure), cancellationToken);
        }
        catch (OperationCanceledException)
        {
            throw new ObjectDisposedException(nameof(ServiceWatch), $"The watch of {Target} has ended.");
        }
    }

    /// <summary>A projection failed; the follower keeps its old value.</summary>
    public void ProjectionFailed(Exception error, EndpointSet set)
    {
        _context.Metrics.ProjectionFailed(Target.Scheme);
        Log.ProjectionFailed(_context.Logger, error, Target, set.Revision);
    }

    private DiscoveryException Unknown(string when, Func<Exception?>? ownFailure)
    {
        var cause = ownFailure?.Invoke() ?? Volatile.Read(ref _lastFailure);
        return cause is null
            ? new DiscoveryException($"Nothing was learned of {Target} {when}: its source has not answered yet.")
            : new DiscoveryException($"Nothing was learned of {Target} {when}. Last failure: {RetryLoop.Describe(cause)}", cause);
    }

    private async Task RunAsync()
    {
        _context.Metrics.WatchStarted(Target.Scheme);
        try
        {
            await FollowAsync(Stopped);
        }
        catch (OperationCanceledException) when (Stopped.IsCancellationRequested)
        {
            // The regular end.
        }
        catch (Exception error)
        {
            Volatile.Write(ref _lastFailure, error);
            Log.Defect(_context.Logger, error, Target);
        }
        finally
        {
            _context.Metrics.WatchEnded(Target.Scheme);
        }
    }

    private async Task FollowAsync(CancellationToken stop)
    {
        // Foreign sources may break the laws; the loop that makes a lawful watch of an attempt makes one of them, too.
        var loop = new RetryLoop(Target, Backoff.Default, _context.Time, _context.Random, onFailure: null);
        var snapshots = loop.RunAsync(ReadingsAsync, stop).GetAsyncEnumerator(stop);
        await using var timer = _context.Time.CreateTimer(
            static signal => ((Signal)signal!).Set(), _wake, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Task<bool>? next = null;
        try
        {
            while (true)
            {
                // Asking for the next snapshot tells the source that the one before is applied: everything must be published by now.
                next ??= snapshots.MoveNextAsync().AsTask();
                var wake = _wake.Next;
                TellFollowers();
                if (!next.IsCompleted && !IsDue(timer))
                    await Task.WhenAny(next, wake);
                stop.ThrowIfCancellationRequested();
                if (next.IsCompleted)
                {
                    await next;
                    next = null;
                    var set = snapshots.Current;
                    Publish(_holdDown.Apply(new Reading(set.Endpoints, set.ObservedAt, set.Freshness), Now()));
                }
                else if (_deadline <= Now().Elapsed)
                {
                    Publish(_holdDown.Tick(Now()));
                }
            }
        }
        finally
        {
            // An enumerator may be disposed only between two steps.
            if (next is not null)
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            await snapshots.DisposeAsync();
        }
    }

    // True when the deadline has passed; otherwise the timer is set to it.
    private bool IsDue(ITimer timer)
    {
        var left = _deadline - Now().Elapsed;
        if (left <= TimeSpan.Zero)
            return true;
        timer.Change(left ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        return false;
    }

    private void Publish(in Belief belief)
    {
        _deadline = belief.Deadline;
        var (endpoints, observedAt, freshness) = belief.Reading;
        var before = _current;
        var set = EndpointSet.OfOrdered(Target, endpoints, (before?.Revision ?? 0) + 1, observedAt, freshness);
        if (set.SameContent(before))
            return;
        Volatile.Write(ref _current, set);
        TellFollowers();
        _first.TrySetResult(set);
        _changed.Set();
        _context.Metrics.Snapshot(Target.Scheme, freshness.Kind);
        Log.Published(_context.Logger, Target, set.Revision, endpoints.Length, freshness);
        if (!freshness.IsLive && before?.Freshness.IsLive != false)
            Log.Stale(_context.Logger, Target, endpoints.Length, freshness.Reason);
        else if (freshness.IsLive && before is { Freshness.IsLive: false })
            Log.Live(_context.Logger, Target, endpoints.Length);
    }

    private void TellFollowers()
    {
        if (_current is not { } set)
            return;
        foreach (var follower in _followers)
            follower.Apply(set);
    }

    private async IAsyncEnumerable<Reading> ReadingsAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        var snapshots = _context.Source is IFailureReporting reporting
            ? reporting.WatchAsync(Target, OnSourceFailure, stop)
            : _context.Source.WatchAsync(Target, stop);
        await foreach (var set in snapshots)
            yield return new Reading(set.Endpoints, set.ObservedAt, set.Freshness);
    }

    private void OnSourceFailure(Exception failure)
    {
        _context.Metrics.SourceFailed(Target.Scheme);
        // Once a state is known the stale snapshot carries the reason; before, this is the only place that can tell, and does so once.
        if (Volatile.Read(ref _lastFailure) is null && _current is null)
            Log.NoState(_context.Logger, Target, RetryLoop.Describe(failure));
        Volatile.Write(ref _lastFailure, failure);
    }

    // Rounded up to the millisecond: a timer and the clock may disagree by a tick, and a deadline must not be found early by one.
    private Moment Now()
    {
        var elapsed = _context.Time.GetElapsedTime(_started);
        return new(TimeSpan.FromMilliseconds(Math.Ceiling(elapsed.TotalMilliseconds)), _context.Time.GetUtcNow());
    }
}
