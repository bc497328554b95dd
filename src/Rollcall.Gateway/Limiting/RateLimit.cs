using Rollcall.Gateway.Configuration;

namespace Rollcall.Gateway.Limiting;

/// <summary>
/// How many requests are let through in a time: a token bucket, kept as the one moment at which it will be full again (the generic cell rate algorithm of ITU-T I.371).
/// No timer, no lock, and one number for each client.
/// </summary>
internal sealed class RateLimit
{
    /// <summary>How many clients are remembered for each limit; who was away the longest is forgotten first.</summary>
    public const int Clients = 16 * 1024;

    // A 256th of a tick, so that ten million in a second are not rounded away.
    private const long Unit = 256;

    // Some two centuries: how long a bucket may take to fill.
    private const long MaxDepth = long.MaxValue / 4;

    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly long _interval;
    private readonly long _depth;
    private readonly ClientTable? _clients;
    private long _whole;

    /// <param name="config">The limit.</param>
    /// <param name="time">The clock.</param>
    /// <param name="clients">How many clients are remembered; a power of two.</param>
    public RateLimit(RateLimitConfig config, TimeProvider time, int clients = Clients)
    {
        Config = config;
        _time = time;
        _start = time.GetTimestamp();
        _interval = Math.Max(1, (long)(config.Per.Ticks * (double)Unit / config.Requests));
        _depth = (long)Math.Min((double)_interval * config.Burst, MaxDepth);
        if (config.By is not null)
            _clients = new ClientTable(clients);
    }

    public RateLimitConfig Config { get; }

    /// <summary>Takes a token.</summary>
    /// <param name="client">Who takes it; ignored where the limit is one for all.</param>
    /// <returns>Null when there was one, else after what time there will be.</returns>
    public TimeSpan? Take(ulong client)
    {
        var now = (long)((Int128)(_time.GetTimestamp() - _start) * TimeSpan.TicksPerSecond * Unit / _time.TimestampFrequency);
        while (true)
        {
            ref var fullAt = ref Place(client, now);
            var before = Volatile.Read(ref fullAt);
            var after = Math.Max(before, now) + _interval;
            if (after - now > _depth)
                return TimeSpan.FromTicks(((after - now - _depth) / Unit) + 1);
            if (Interlocked.CompareExchange(ref fullAt, after, before) == before)
                return null;
        }
    }

    private ref long Place(ulong client, long now)
    {
        if (_clients is not null)
            return ref _clients.Get(client, now);
        return ref _whole;
    }
}
