using Rollcall.Health;
using Rollcall.Http.Resilience;

namespace Rollcall.Http;

/// <summary>
/// Watches one try at a time, and is used again for the next. Each time its period has passed it looks whether the endpoint has answered anybody meanwhile.
/// If not, the endpoint is suspected and the try given up; if so, the try has been unlucky and may go on for a few more periods. It is given up only for another one, which the
/// retry budget must allow; until it does, the try goes on, and the budget is asked again after each period.
/// </summary>
internal sealed class TryTimer : IDisposable
{
    /// <summary>After so many periods a try is given up even though its endpoint answers others.</summary>
    public const int MaxPeriods = 5;

    // The low bits of the state; the rest counts the uses, so that a late tick cannot be taken for one of the next use.
    private const int Running = 1;
    private const int Fired = 2;
    private const int Step = 4;

    private readonly CancellationTokenSource _source = new();
    private readonly TimeProvider _time;
    private readonly HttpMetrics _metrics;
    private readonly ITimer _timer;
    private CancellationTokenRegistration _caller;
    private ServiceHealth? _health;
    private BalancedEndpoint? _endpoint;
    private TimeSpan _period;
    private long _started;
    private RetryBudget? _budget;
    private bool _isRefused;
    private int _answers;
    private int _periods;
    private int _state;

    public TryTimer(TimeProvider time, HttpMetrics metrics)
    {
        _time = time;
        _metrics = metrics;
        _timer = time.CreateTimer(static timer => ((TryTimer)timer!).OnTick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>True once the try was given up; the try that is to follow has been taken from the budget then.</summary>
    public bool HasFired => (Volatile.Read(ref _state) & Fired) != 0;

    /// <summary>Since the try began.</summary>
    public TimeSpan Elapsed => _time.GetElapsedTime(_started);

    /// <summary>Begins to watch a try.</summary>
    /// <param name="health">Is told of an endpoint that is silent.</param>
    /// <param name="endpoint">Where it is tried.</param>
    /// <param name="period">After how long to look.</param>
    /// <param name="budget">What another try is taken from; null when this one must not be given up.</param>
    /// <param name="caller">Ends the try.</param>
    /// <returns>The token to send with. Cancelled when the caller gives up, or the try is given up.</returns>
    public CancellationToken Start(ServiceHealth health, BalancedEndpoint endpoint, TimeSpan period, RetryBudget? budget, CancellationToken caller)
    {
        _health = health;
        _endpoint = endpoint;
        _period = period;
        _budget = budget;
        _isRefused = false;
        _answers = Volatile.Read(ref endpoint.Load.Answers);
        _periods = 0;
        _started = _time.GetTimestamp();
        Volatile.Write(ref _state, (_state & ~(Step - 1)) + Step + Running);
        _timer.Change(period, period);
        if (budget is null)
            return caller;
        _caller = caller.UnsafeRegister(static timer => ((TryTimer)timer!)._source.Cancel(), this);
        return _source.Token;
    }

    /// <summary>Ends the watch. True when the timer may be used again.</summary>
    public bool Stop()
    {
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _caller.Dispose();
        _caller = default;
        var state = Volatile.Read(ref _state);
        return (state & Running) != 0
            && Interlocked.CompareExchange(ref _state, state - Running, state) == state
            && !_source.IsCancellationRequested;
    }

    // The token source stays: a tick under way may still cancel it, and without a timer or wait handle of its own it holds nothing.
    public void Dispose() => _timer.Dispose();

    private void OnTick()
    {
        var state = Volatile.Read(ref _state);

        // A tick that was under way when its use ended finds the next one young.
        if ((state & Running) == 0 || _time.GetElapsedTime(_started) < _period / 2 || _endpoint is not { } endpoint)
            return;
        var answers = Volatile.Read(ref endpoint.Load.Answers);
        var isSilent = answers == _answers;
        _answers = answers;
        if (isSilent)
            _health?.Silent(endpoint);
        if (_budget is not { } budget)
        {
            // All there is to do for a try that must wait anyway is to warn the others, once.
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        if (!isSilent && ++_periods < MaxPeriods)
            return;
        if (!budget.TrySpend())
        {
            if (!_isRefused)
                _metrics.Refused(Refusal.RetryBudget);
            _isRefused = true;
            return;
        }

        if (Interlocked.CompareExchange(ref _state, state - Running + Fired, state) == state)
            _source.Cancel();
        else
            budget.Refund();
    }
}
