using Rollcall.Registry;

namespace Rollcall.Node.Live;

/// <summary>An instance that is asked how it is: what it said last, and when it is to be asked again.</summary>
internal sealed class HealthEntry(InstanceKey key, string url)
{
    private const int MaxDoublings = 3;

    private int _isUnderWay;
    private int _failures;

    public InstanceKey Key { get; } = key;

    public string Url { get; } = url;

    /// <summary>When somebody last looked.</summary>
    public long AskedFor { get; set; }

    /// <summary>When it was last asked; null when it was not yet.</summary>
    public long? AskedAt { get; private set; }

    /// <summary>What it said then.</summary>
    public HealthReading? Reading { get; set; }

    /// <summary>One that says nothing is asked more seldom: it costs a worker its whole timeout.</summary>
    public TimeSpan Due(TimeSpan age) => age * (1 << Math.Min(_failures, MaxDoublings));

    /// <summary>False while it is asked already.</summary>
    public bool TryBegin() => Interlocked.Exchange(ref _isUnderWay, 1) == 0;

    /// <summary>It was not asked after all.</summary>
    public void End() => Volatile.Write(ref _isUnderWay, 0);

    /// <summary>It was asked.</summary>
    public void End(HealthReading reading, bool answered, long at)
    {
        _failures = answered ? 0 : _failures + 1;
        (Reading, AskedAt) = (reading, at);
        End();
    }
}
