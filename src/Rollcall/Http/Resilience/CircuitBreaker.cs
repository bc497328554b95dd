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
/// The circuit breaker of one service: the states are Polly's. While it is closed, requests do not run inside of it but report afterwards, which costs a request that succeeds no
/// allocation; when it is not, they do, so that the one that finds out is one. Thread-safe.
/// </summary>
internal sealed class CircuitBreaker
{
    private readonly CircuitBreakerStateProvider _state = new();
    private readonly ResiliencePipeline<bool> _pipeline;
    private bool _isClosed = true;

    public CircuitBreaker(ResilienceSettings settings, TimeProvider time, Action<BreakerState> changed)
    {
        _pipeline = new ResiliencePipelineBuilder<bool> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<bool>
            {
                FailureRatio = 1,
                MinimumThroughput = settings.BreakerMinRequests,
                SamplingDuration = settings.BreakerWindow,
                BreakDuration = settings.BreakerPause,
                StateProvider = _state,
                ShouldHandle = static arguments => new(arguments.Outcome.Exception is null && !arguments.Outcome.Result),
                OnOpened = _ => Told(BreakerState.Open),
                OnClosed = _ => Told(BreakerState.Closed),
                OnHalfOpened = _ => Told(BreakerState.HalfOpen),
            })
            .Build();

        ValueTask Told(BreakerState state)
        {
            changed(state);
            return default;
        }
    }

    /// <summary>Whether requests may be sent without asking.</summary>
    public bool IsClosed => Volatile.Read(ref _isClosed);

    /// <summary>A request that was sent while it was closed is over.</summary>
    public void Report(bool succeeded)
    {
        var context = ResilienceContextPool.Shared.Get(CancellationToken.None);

        // Without anything to wait for it is over when it returns.
        var reporting = _pipeline.ExecuteOutcomeAsync(static (_, succeeded) => new ValueTask<Outcome<bool>>(Outcome.FromResult(succeeded)), context, succeeded);
        if (reporting.IsCompleted)
            reporting.GetAwaiter().GetResult();
        ResilienceContextPool.Shared.Return(context);
        if (!succeeded)
            Follow();
    }

    /// <summary>Sends a request if it may be sent now.</summary>
    /// <param name="send">Sends it; true when it succeeded. Must not throw.</param>
    /// <param name="state">What it needs.</param>
    /// <returns>Null when it was sent; else when to try again.</returns>
    public async ValueTask<TimeSpan?> TrySendAsync<T>(Func<T, ValueTask<bool>> send, T state)
    {
        var context = ResilienceContextPool.Shared.Get(CancellationToken.None);
        try
        {
            var outcome = await _pipeline.ExecuteOutcomeAsync(
                static async (_, state) => Outcome.FromResult(await state.send(state.state).ConfigureAwait(false)), context, (send, state)).ConfigureAwait(false);
            return outcome.Exception switch
            {
                null => null,
                BrokenCircuitException broken => broken.RetryAfter ?? TimeSpan.Zero,
                var defect => throw defect,
            };
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
            Follow();
        }
    }

    private void Follow() => Volatile.Write(ref _isClosed, _state.CircuitState == CircuitState.Closed);
}
