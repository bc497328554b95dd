using Rollcall.Api;

namespace Rollcall.Health;

/// <summary>
/// The health of every target's endpoints: one per process, so that what one client learns of an endpoint all others know. Has one timer for all of them. Thread-safe.
/// </summary>
internal sealed class HealthMonitor : IDisposable
{
    // Whoever comes back after a short while finds what was known.
    private static readonly TimeSpan Linger = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<ServiceTarget, Entry> _byTarget = [];
    private readonly HealthContext _context;
    private readonly Random _random;
    private readonly ITimer _timer;
    private readonly HealthProber? _prober;
    private bool _isRunning;
    private bool _disposed;

    /// <param name="context">What all of them share.</param>
    /// <param name="random">For jitter; used under a lock.</param>
    public HealthMonitor(HealthContext context, Random random)
    {
        _context = context;
        _random = random;
        _timer = context.Time.CreateTimer(static monitor => ((HealthMonitor)monitor!).OnTick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _prober = context.Probe is { } probe ? new HealthProber(context, probe, All, new Random(random.Next())) : null;
        context.Metrics.Observe(
            () => All().SelectMany(static health => health.Endpoints).Select(static endpoint => Volatile.Read(ref endpoint.Load.Avoidance)).OfType<Avoidance>(),
            () => All().Count(static health => health.IsPanicking));
    }

    /// <summary>Targets of which something is known.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _byTarget.Count;
        }
    }

    /// <summary>
    /// What is known of a target's endpoints. Kept for as long as somebody follows it (<see cref="ServiceHealth.Follow"/>) and for a minute more; who only looks need not.
    /// </summary>
    public ServiceHealth Of(ServiceTarget target)
    {
        lock (_gate)
        {
            if (!_byTarget.TryGetValue(target, out var entry))
            {
                entry = new Entry(new ServiceHealth(target, _context, new Random(_random.Next()), WakeProber));
                _byTarget.Add(target, entry);
            }

            entry.LastUsed = _context.Time.GetTimestamp();
            if (!_isRunning && !_disposed)
            {
                _isRunning = true;
                Schedule();
            }

            if (entry.Health.Probe.IdleInterval > TimeSpan.Zero)
                WakeProber();
            return entry.Health;
        }
    }

    /// <summary>What is known of all targets.</summary>
    public IReadOnlyList<ServiceHealth> All()
    {
        lock (_gate)
            return [.. _byTarget.Values.Select(static entry => entry.Health)];
    }

    /// <summary>What there is to tell a node of a target's endpoints: those that are avoided. Looks only, and keeps nothing.</summary>
    public IReadOnlyList<FindingDocument> FindingsOf(ServiceTarget target)
    {
        if (!_context.Settings.Options.Report)
            return [];
        Entry? entry;
        lock (_gate)
            _byTarget.TryGetValue(target, out entry);
        return entry is null ? [] : [.. entry.Health.Endpoints.Where(ServiceHealth.IsAvoided).Select(FindingOf).OfType<FindingDocument>()];
    }

    public void Dispose()
    {
        lock (_gate)
            _disposed = true;
        _timer.Dispose();
        _prober?.Dispose();
    }

    private static FindingDocument? FindingOf(BalancedEndpoint endpoint)
    {
        if (Volatile.Read(ref endpoint.Load.Avoidance) is not { } avoidance)
            return null;
        var window = avoidance.TrafficBefore;
        return new FindingDocument
        {
            Instance = endpoint.Endpoint.Id,
            Reason = avoidance.Reason.ToText(),
            Times = avoidance.Times,
            SuccessRate = window.Requests > 0 ? window.SuccessRate : null,
            Latency = window.Successes > 0 ? window.Latency.TotalSeconds : null,
        };
    }

    private void WakeProber() => _prober?.Wake();

    private void OnTick()
    {
        foreach (var health in All())
            health.Compare();
        lock (_gate)
        {
            foreach (var (target, entry) in _byTarget)
            {
                if (entry.Health.IsFollowed)
                    entry.LastUsed = _context.Time.GetTimestamp();
                else if (_context.Time.GetElapsedTime(entry.LastUsed) > Linger)
                    _byTarget.Remove(target);
            }

            _isRunning = _byTarget.Count > 0 && !_disposed;
            if (_isRunning)
                Schedule();
        }
    }

    // A tenth of jitter: many processes that start together must not judge together.
    private void Schedule() => _timer.Change(_context.Settings.Options.Interval * (0.9 + (0.2 * _random.NextDouble())), Timeout.InfiniteTimeSpan);

    private sealed class Entry(ServiceHealth health)
    {
        public ServiceHealth Health { get; } = health;

        public long LastUsed { get; set; }
    }
}
