namespace Rollcall.Health;

/// <summary>
/// Probes avoided endpoints when their time is over, and idle ones where that is asked for: one timer and a bounded number of probes for the whole process. The timer rests while there is
/// nothing to probe. Thread-safe.
/// </summary>
internal sealed class HealthProber : IDisposable
{
    /// <summary>Probes under way at the same time, at most.</summary>
    public const int MaxConcurrent = 16;

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly HealthContext _context;
    private readonly IEndpointProbe _probe;
    private readonly Func<IReadOnlyList<ServiceHealth>> _all;
    private readonly Random _random;
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _timer;
    private int _underWay;
    private int _isRunning;

    /// <param name="context">What all share.</param>
    /// <param name="probe">Does the probing.</param>
    /// <param name="all">Everybody's health.</param>
    /// <param name="random">For jitter; used by the timer only.</param>
    public HealthProber(HealthContext context, IEndpointProbe probe, Func<IReadOnlyList<ServiceHealth>> all, Random random)
    {
        _context = context;
        _probe = probe;
        _all = all;
        _random = random;
        _timer = context.Time.CreateTimer(static prober => ((HealthProber)prober!).OnTick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>There may be something to probe from now on.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _isRunning, 1) == 0)
            Schedule();
    }

    public void Dispose()
    {
        _timer.Dispose();
        _stop.Cancel();
    }

    private void OnTick()
    {
        // Said first: who is avoided while this looks around is seen now or wakes the timer again.
        Interlocked.Exchange(ref _isRunning, 0);
        var hasMore = false;
        foreach (var health in _all())
        {
            foreach (var endpoint in health.TakeProbes(MaxConcurrent - Volatile.Read(ref _underWay)))
            {
                Interlocked.Increment(ref _underWay);
                _ = ProbeAsync(health, endpoint);
            }

            hasMore |= health.HasProbes;
        }

        if (hasMore)
            Wake();
    }

    // Never faults; ends with its timeout, or when the process does.
    private async Task ProbeAsync(ServiceHealth health, BalancedEndpoint endpoint)
    {
        try
        {
            var result = await _probe.ProbeAsync(endpoint.Endpoint, health.Probe, _stop.Token).ConfigureAwait(false);
            _context.Metrics.Probed(result.Problem is null);
            health.Probed(endpoint, result);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The end.
        }
        catch (Exception error)
        {
            health.Probed(endpoint, new ProbeResult(AvoidReason.FailedProbe, error.Message));
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private void Schedule()
    {
        lock (_gate)
            _timer.Change(Step * (0.8 + (0.4 * _random.NextDouble())), Timeout.InfiniteTimeSpan);
    }
}
