using Rollcall.Health;

namespace Rollcall.Http;

/// <summary>
/// Watches one try at a time, and is used again for the next. Each time its period has passed it looks whether the endpoint has answered anybody meanwhile.
/// If not, the endpoint is suspected and the try given up; if so, the try has been unlucky and may go on for a few more periods.
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
    private readonly ITimer _timer;
    private CancellationTokenRegistration _caller;
    private ServiceHealth? _health;
    private BalancedEndpoint? _endpoint;
    private TimeSpan _period;
    private long _started;
    private bool _mayGiveUp;
    private int _answers;
    private int _periods;
    private int _state;

    public TryTimer(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(static timer => ((TryTimer)timer!).OnTick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>True once the try was given up.</summary>
    public bool HasFired => (Volatile.Read(ref _state) & Fired) != 0;

    /// <summary>Since the try began.</summary>
    public TimeSpan Elapsed => _time.GetElapsedTime(_started);

    /// <summary>Begins to watch a try. The token to send with is cancelled when the caller gives up and, if that is allowed, when the try is given up.</summary>
    public CancellationToken Start(ServiceHealth health, BalancedEndpoint endpoint, TimeSpan period, bool mayGiveUp, CancellationToken caller)
    {
        _health = health;
        _endpoint = endpoint;
        _period = period;
        _mayGiveUp = mayGiveUp;
        _answers = Volatile.Read(ref endpoint.Load.Answers);
        _periods = 0;
        _started = _time.GetTimestamp();
        Volatile.Write(ref _state, (_state & ~(Step - 1)) + Step + Running);
        _timer.Change(period, period);
        if (!mayGiveUp)
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
        if (!_mayGiveUp)
        {
            // All there is to do for a try that must wait anyway is to warn the others, once.
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        if (!isSilent && ++_periods < MaxPeriods)
            return;
        if (Interlocked.CompareExchange(ref _state, state - Running + Fired, state) == state)
            _source.Cancel();
    }
}
