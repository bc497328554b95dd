using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Rollcall.Registry.Checks;

/// <summary>
/// Makes the checks of every instance and tells a sink when what they say changes. However many instances there are, one loop schedules,
/// a bounded number of workers ask, and one loop reports. Thread-safe.
/// </summary>
internal sealed partial class HealthChecker : IAsyncDisposable
{
    /// <summary>What an instance with checks says of itself before the first of them was made.</summary>
    public const string NotCheckedYet = "not checked yet";

    private const int MaxBatch = 2048;

    // Waking more often than this for each single check would gain nothing.
    private static readonly TimeSpan MinSleep = TimeSpan.FromMilliseconds(10);

    private readonly Lock _gate = new();
    private readonly CheckSchedule _schedule;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<CheckRun> _due;
    private readonly Channel<bool> _wake = VerdictReporter.NewSignal();
    private readonly ProbeSet _probes;
    private readonly VerdictReporter _reporter;
    private readonly int _workers;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly ILogger _logger;
    private readonly CheckMetrics _metrics;

    // When the scheduler wakes by itself; what is due earlier wakes it.
    private long _alarmAt = long.MaxValue;
    private Task? _loops;

    /// <param name="workers">How many checks may be under way at once.</param>
    /// <param name="probes">One for each kind; a check of a kind without a probe fails and says so.</param>
    /// <param name="time">All timers.</param>
    /// <param name="random">Jitter; the checker's own, used under its lock.</param>
    /// <param name="loggers">Where it logs.</param>
    /// <param name="meters">Where it measures.</param>
    public HealthChecker(
        int workers,
        IReadOnlyDictionary<CheckKind, ICheckProbe> probes,
        TimeProvider time,
        Random random,
        ILoggerFactory loggers,
        IMeterFactory meters)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        ArgumentNullException.ThrowIfNull(probes);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(loggers);
        ArgumentNullException.ThrowIfNull(meters);
        _workers = workers;
        _schedule = new CheckSchedule(random, crowd: _workers);
        // Full means every worker is busy: the scheduler waits, and what is due waits in its queue.
        _due = Channel.CreateBounded<CheckRun>(new BoundedChannelOptions(1) { SingleWriter = true });
        _time = time;
        _origin = time.GetTimestamp();
        _logger = loggers.CreateLogger<HealthChecker>();
        _probes = new ProbeSet(probes, _logger);
        _reporter = new VerdictReporter(TakeChanges, Settle, time, _logger);
        _metrics = new CheckMetrics(meters);
    }

    private long Now => _time.GetElapsedTime(_origin).Ticks;

    /// <summary>Starts checking. Before it, track what was recovered.</summary>
    public void Start(ICheckSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        if (_loops is not null)
            throw new InvalidOperationException("The health checker was started before.");
        _loops = Task.WhenAll(
        [
            OwnAsync(ScheduleAsync),
            OwnAsync(token => _reporter.RunAsync(sink, token)),
            .. Enumerable.Range(0, _workers).Select(_ => OwnAsync(WorkAsync)),
        ]);
    }

    /// <summary>
    /// Checks an instance from now on, in place of what was tracked under its key. Without checks nothing is done.
    /// </summary>
    /// <param name="key">The instance.</param>
    /// <param name="checks">Its checks.</param>
    /// <param name="failingCheck">
    /// What is on record: null when it is taken to pass (recovery), else the text on record; a new registration passes <see cref="NotCheckedYet"/>.
    /// </param>
    public void Track(InstanceKey key, ImmutableArray<CheckDefinition> checks, string? failingCheck)
    {
        lock (_gate)
        {
            Abandon(_schedule.Track(key, checks, failingCheck, Now));
            WakeScheduler();
        }
    }

    /// <summary>Checks it no longer; a check under way is cancelled and what it says dropped.</summary>
    public void Forget(InstanceKey key)
    {
        lock (_gate)
            Abandon(_schedule.Forget(key));
    }

    /// <summary>False when the instance was forgotten or tracked anew since the verdict was made.</summary>
    public bool IsCurrent(in CheckVerdict verdict)
    {
        lock (_gate)
            return _schedule.IsCurrent(verdict);
    }

    /// <summary>Stops checking; checks under way are cancelled.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_loops is not null)
            await _loops.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Cancelled from a timer, never on this thread: whoever listens to the token must not run under the lock.
    private static void Abandon(CheckedInstance? instance)
    {
        foreach (var run in instance?.Runs ?? [])
            run.UnderWay?.CancelAfter(TimeSpan.Zero);
    }

    private async Task OwnAsync(Func<CancellationToken, Task> loop)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // leaves the caller's context for good
        try
        {
            await loop(_stop.Token);
        }
        catch (Exception error) when (!_stop.IsCancellationRequested)
        {
            LogLoopFailed(error);
            throw;
        }
    }

    private async Task ScheduleAsync(CancellationToken cancellationToken)
    {
        await using var alarm = _time.CreateTimer(_ => _wake.Writer.TryWrite(true), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        while (true)
        {
            TimeSpan sleep;
            while (TakeDue(out sleep) is { } run)
                await _due.Writer.WriteAsync(run, cancellationToken);
            alarm.Change(sleep, Timeout.InfiniteTimeSpan);
            await _wake.Reader.ReadAsync(cancellationToken);
        }
    }

    private CheckRun? TakeDue(out TimeSpan sleep)
    {
        lock (_gate)
        {
            var now = Now;
            sleep = Timeout.InfiniteTimeSpan;
            if (_schedule.TakeDue(now) is { } run)
                return run;
            _alarmAt = _schedule.NextDue ?? long.MaxValue;
            if (_schedule.NextDue is { } due)
                sleep = TimeSpan.FromTicks(Math.Max(due - now, MinSleep.Ticks));
            return null;
        }
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        await foreach (var run in _due.Reader.ReadAllAsync(cancellationToken))
            await CheckAsync(run, cancellationToken);
    }

    private async Task CheckAsync(CheckRun run, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(run.Check.Timeout, _time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        lock (_gate)
            run.UnderWay = limit;
        var started = Now;
        CheckResult? result = null;
        _metrics.Started();
        try
        {
            result = await _probes.ProbeAsync(run, ended.Token, cancellationToken);
            _metrics.Completed(run.Check.Kind, result.Value.Passed, TimeSpan.FromTicks(Now - started));
        }
        finally
        {
            _metrics.Ended();
            Complete(run, result, started);
        }
    }

    private void Complete(CheckRun run, CheckResult? result, long started)
    {
        lock (_gate)
        {
            run.UnderWay = null;
            _schedule.Complete(run, result, started, Now);
            WakeScheduler();
            if (_schedule.HasChanges)
                _reporter.Wake();
        }
    }

    // Under the lock.
    private void WakeScheduler()
    {
        if (_schedule.NextDue < _alarmAt)
            _wake.Writer.TryWrite(true);
    }

    private List<CheckVerdict> TakeChanges()
    {
        lock (_gate)
            return _schedule.TakeChanges(MaxBatch);
    }

    private void Settle(List<CheckVerdict> verdicts, bool written)
    {
        lock (_gate)
            _schedule.Settle(verdicts, written);
    }
}
