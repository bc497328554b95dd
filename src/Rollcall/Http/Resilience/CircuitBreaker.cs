using Polly;
using Polly.CircuitBreaker;

namespace Rollcall.Http.Resilience;

/// <summary>What a breaker has changed to.</summary>
internal enum BreakerState
{
    /// <summary>Requests go through.</summary>
    Closed,

    /// <summary>Requests fail at once.</summary>
    Open,

    /// <summary>One request finds out.</summary>
    HalfOpen,
}

/// <summary>
/// The circuit breaker of one service. Polly counts and says when it opens; who finds out whether it may close is let through here, because a request may end without having found out
/// anything, or not end at all, which Polly does not know. While it is closed, requests report when they are over, which costs one that succeeds no allocation. Thread-safe.
/// </summary>
internal sealed class CircuitBreaker
{
    private readonly Lock _gate = new();
    private readonly CircuitBreakerStateProvider _counted = new();
    private readonly CircuitBreakerManualControl _control = new();
    private readonly ResiliencePipeline<bool> _pipeline;
    private readonly TimeSpan _pause;
    private readonly TimeProvider _time;
    private readonly Action<BreakerState> _changed;
    private readonly long _window;
    private volatile BreakerState _state;
    private long _lastSuccess;
    private long _lastFailure;
    private long _pausedAt;
    private int _probes;

    /// <param name="settings">When it opens and how long it pauses.</param>
    /// <param name="time">The clock.</param>
    /// <param name="changed">Told of every change, on the thread of the request that has caused it.</param>
    public CircuitBreaker(ResilienceSettings settings, TimeProvider time, Action<BreakerState> changed)
    {
        _pause = settings.BreakerPause;
        _window = (long)(settings.BreakerWindow.TotalSeconds * time.TimestampFrequency);
        _lastSuccess = _lastFailure = time.GetTimestamp() - _window - 1;
        _time = time;
        _changed = changed;
        _pipeline = new ResiliencePipelineBuilder<bool> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<bool>
            {
                FailureRatio = 1,
                MinimumThroughput = settings.BreakerMinRequests,
                SamplingDuration = settings.BreakerWindow,

                // It is closed from here; the longest that is allowed.
                BreakDuration = TimeSpan.FromDays(1),
                StateProvider = _counted,
                ManualControl = _control,
                ShouldHandle = static arguments => new(arguments.Outcome.Exception is null && !arguments.Outcome.Result),
            })
            .Build();
    }

    /// <summary>What it does with requests now. One volatile read.</summary>
    public BreakerState State => _state;

    /// <summary>Whether requests may be sent without asking.</summary>
    public bool IsClosed => State == BreakerState.Closed;

    /// <summary>A request that was sent while it was closed is over. One that ends after it has opened counts no more.</summary>
    public void Report(bool succeeded)
    {
        if (!IsClosed)
            return;

        // As long as nothing fails there is nothing to count, and no lock to take for it. The first failure is told behind the last success, so that it does not stand alone.
        var now = _time.GetTimestamp();
        if (succeeded)
        {
            Volatile.Write(ref _lastSuccess, now);
            if (now - Volatile.Read(ref _lastFailure) > _window)
                return;
        }
        else if (now - Interlocked.Exchange(ref _lastFailure, now) > _window && now - Volatile.Read(ref _lastSuccess) <= _window)
        {
            Count(succeeded: true);
        }

        Count(succeeded);
    }

    private void Count(bool succeeded)
    {
        var context = ResilienceContextPool.Shared.Get(CancellationToken.None);

        // Without anything to wait for it is over when it returns.
        var reporting = _pipeline.ExecuteOutcomeAsync(static (_, succeeded) => new ValueTask<Outcome<bool>>(Outcome.FromResult(succeeded)), context, succeeded);
        if (reporting.IsCompleted)
            reporting.GetAwaiter().GetResult();
        ResilienceContextPool.Shared.Return(context);
        if (succeeded || _counted.CircuitState != CircuitState.Open)
            return;
        lock (_gate)
        {
            if (_state != BreakerState.Closed)
                return;
            (_state, _pausedAt) = (BreakerState.Open, _time.GetTimestamp());
        }

        _changed(BreakerState.Open);
    }

    /// <summary>
    /// Asks for leave to find out whether the service works again: one request after every pause has it, whether or not the one before is over, or at once when that has found out nothing.
    /// </summary>
    /// <returns>Null when it may be sent, and its end must be told to <see cref="Probed"/>; else when to ask again.</returns>
    public TimeSpan? TryProbe()
    {
        BreakerState before;
        lock (_gate)
        {
            before = _state;
            var wait = _pause - _time.GetElapsedTime(_pausedAt);
            var isFree = before == BreakerState.Closed || (before == BreakerState.HalfOpen && _probes == 0);
            if (!isFree && wait > TimeSpan.Zero)
                return wait;
            _probes++;
            if (before != BreakerState.Closed)
                (_state, _pausedAt) = (BreakerState.HalfOpen, _time.GetTimestamp());
        }

        if (before == BreakerState.Open)
            _changed(BreakerState.HalfOpen);
        return null;
    }

    /// <summary>A request that was let through to find out is over.</summary>
    /// <param name="succeeded">Whether the service works; null when it did not find out.</param>
    public void Probed(bool? succeeded)
    {
        // Before anybody is sent there again who would be counted.
        if (succeeded == true && !IsClosed)
        {
            var closing = _control.CloseAsync();
            if (closing.IsCompleted)
                closing.GetAwaiter().GetResult();
        }

        BreakerState before, after;
        lock (_gate)
        {
            _probes--;
            before = _state;

            // What others have found out meanwhile is changed only for the better.
            if (before == BreakerState.Closed || succeeded is not { } works || (before == BreakerState.Open && !works))
                return;
            after = works ? BreakerState.Closed : BreakerState.Open;
            (_state, _pausedAt) = (after, _time.GetTimestamp());
        }

        _changed(after);
    }
}
