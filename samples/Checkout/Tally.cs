using System.Collections.Concurrent;

namespace Checkout;

/// <summary>What was sent and what became of it. Thread-safe.</summary>
internal sealed class Tally(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Line> _byInstance = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _lastSent = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _failures = new(StringComparer.Ordinal);
    private long _requests;
    private long _tries;
    private long _slowestTicks;

    public long Requests => Interlocked.Read(ref _requests);

    public long Tries => Interlocked.Read(ref _tries);

    public TimeSpan Slowest => TimeSpan.FromTicks(Interlocked.Read(ref _slowestTicks));

    public IReadOnlyDictionary<string, long> Failures => _failures;

    public IReadOnlyDictionary<string, Line> Instances => _byInstance;

    /// <summary>When anything was last sent to this host and port.</summary>
    public DateTimeOffset? LastSent(string authority) => _lastSent.TryGetValue(authority, out var at) ? at : null;

    public void Sent(string authority)
    {
        Interlocked.Increment(ref _tries);
        _lastSent[authority] = time.GetUtcNow();
    }

    public void Served(string instance, TimeSpan took)
    {
        _byInstance.GetOrAdd(instance, static _ => new Line()).Add(time.GetUtcNow());
        Ended(took);
    }

    public void Failed(Exception error, TimeSpan took)
    {
        _failures.AddOrUpdate(error.Message, 1, static (_, count) => count + 1);
        Ended(took);
    }

    private void Ended(TimeSpan took)
    {
        Interlocked.Increment(ref _requests);
        var slowest = Interlocked.Read(ref _slowestTicks);
        while (took.Ticks > slowest)
        {
            var seen = Interlocked.CompareExchange(ref _slowestTicks, took.Ticks, slowest);
            if (seen == slowest)
                break;
            slowest = seen;
        }
    }

    /// <summary>What one instance has served.</summary>
    internal sealed class Line
    {
        private long _requests;
        private long _lastTicks;

        public long Requests => Interlocked.Read(ref _requests);

        public DateTimeOffset Last => new(Interlocked.Read(ref _lastTicks), TimeSpan.Zero);

        public void Add(DateTimeOffset at)
        {
            Interlocked.Increment(ref _requests);
            Interlocked.Exchange(ref _lastTicks, at.UtcTicks);
        }
    }
}
