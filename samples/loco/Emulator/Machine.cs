namespace Loco.Emulator;

/// <summary>The machine that is emulated: when it was switched on, how it draws, who looks. Thread-safe.</summary>
internal sealed class Machine
{
    // Over how many frames the rate is taken, and the share of the newest in the latency.
    private const int Window = 60;
    private const double Newest = 0.1;

    // Without a frame for so long it draws none.
    private static readonly TimeSpan Still = TimeSpan.FromSeconds(2);

    private readonly EmulatorOptions _options;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly Lock _gate = new();
    private readonly Queue<long> _frames = new();
    private long _lastFrame;
    private double _latencyMs;
    private int _viewers;

    public Machine(EmulatorOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _started = time.GetTimestamp();
    }

    public int Viewers => Volatile.Read(ref _viewers);

    /// <summary>How much of the boot is done, 0 to 1.</summary>
    public double Booted => _options.Boot <= TimeSpan.Zero ? 1 : Math.Min(1, _time.GetElapsedTime(_started) / _options.Boot);

    /// <summary>A frame was drawn.</summary>
    public void Drew()
    {
        lock (_gate)
        {
            _lastFrame = _time.GetTimestamp();
            _frames.Enqueue(_lastFrame);
            if (_frames.Count > Window)
                _frames.Dequeue();
        }
    }

    /// <summary>A viewer was sent what was drawn at a timestamp.</summary>
    public void Sent(long drawn)
    {
        var took = _time.GetElapsedTime(drawn).TotalMilliseconds;
        lock (_gate)
            _latencyMs = _latencyMs == 0 ? took : ((1 - Newest) * _latencyMs) + (Newest * took);
    }

    /// <summary>False when there are as many viewers as there may be.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _viewers) <= _options.MaxViewers)
            return true;
        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _viewers);

    public HealthDocument Health()
    {
        var uptime = (int)_time.GetElapsedTime(_started).TotalSeconds;
        return Booted < 1
            ? new HealthDocument("booting", Ready: false, uptime, null)
            : new HealthDocument("ok", Ready: true, uptime, Quality());
    }

    private QualityDocument Quality()
    {
        var viewers = Viewers;
        lock (_gate)
        {
            var isStill = _frames.Count < 2 || _time.GetElapsedTime(_lastFrame) > Still;
            var rate = isStill ? 0 : (_frames.Count - 1) / _time.GetElapsedTime(_frames.Peek(), _lastFrame).TotalSeconds;
            return new QualityDocument(Math.Round(rate, 1), _options.FrameRate, viewers == 0 ? 0 : Math.Round(_latencyMs, 1), 0, viewers);
        }
    }
}
