using System.Collections.Concurrent;

namespace Rollcall.Sources.Dns.Resolving;

/// <summary>
/// What was found, for as long as it holds, and what is being asked right now, so that everyone who wants to know the same asks once. A failure is not kept: it takes
/// what was known before along. Thread-safe.
/// </summary>
internal sealed class LookupCache(NameLookup lookups, DnsSourceOptions options, TimeProvider time, Func<double> jitter)
{
    /// <summary>The most lookups that are kept; beyond it, those that have expired go, and if none has, all.</summary>
    public const int MaxEntries = 4096;

    // Half of what others take: a caller waits 5 s for a first snapshot, in which one silent server must not be all that was tried.
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<LookupKey, Entry> _entries = new();

    /// <summary>One that looks as the options say.</summary>
    public static LookupCache Create(DnsSourceOptions options, TimeProvider time, Func<double> jitter) =>
        new(new NameLookup(new ResolverSettings(options), new StubResolver(new ServerConversation(time), DefaultTimeout), time), options, time, jitter);

    /// <summary>How many lookups are kept.</summary>
    public int Count => _entries.Count;

    /// <summary>What is known, or what is found by asking. From memory it takes no lock and allocates nothing.</summary>
    /// <param name="key">What to look for.</param>
    /// <param name="since">A timestamp: what was asked for before it, or just then, does not count. <see cref="long.MinValue"/> for anything that still holds.</param>
    /// <param name="cancellationToken">Ends the wait, and the asking too when nobody else waits for it.</param>
    /// <exception cref="DiscoveryException">It could not be found out.</exception>
    public ValueTask<Lookup> GetAsync(LookupKey key, long since, CancellationToken cancellationToken) =>
        _entries.TryGetValue(key, out var entry) && entry.Known is { } known && known.AskedAt > since && known.ExpiresAt > time.GetTimestamp()
            ? new(known)
            : new(AskAsync(key, since, cancellationToken));

    /// <summary>The timestamp at which what failed now may be asked again.</summary>
    public long Soonest() => After(options.MinInterval);

    private async Task<Lookup> AskAsync(LookupKey key, long since, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_entries.Count >= MaxEntries)
            Sweep();
        var entry = _entries.GetOrAdd(key, static _ => new Entry());
        Flight flight;
        bool isFirst;
        lock (entry)
        {
            isFirst = entry.Flight is null || entry.Flight.AskedAt < since || !entry.Flight.TryJoin();
            if (isFirst)
                entry.Flight = new Flight(time.GetTimestamp());
            flight = entry.Flight!;
        }

        if (isFirst)
            flight.Start(stop => FindAsync(key, entry, flight, stop));
        try
        {
            return await flight.Ended.WaitAsync(cancellationToken);
        }
        finally
        {
            bool isLast;
            lock (entry)
            {
                isLast = flight.Leave();
                if (isLast && ReferenceEquals(entry.Flight, flight))
                    entry.Flight = null;
            }

            // Who leaves last puts out the light, and waits until it is dark.
            if (isLast)
                await flight.DisposeAsync();
        }
    }

    private async Task<Lookup> FindAsync(LookupKey key, Entry entry, Flight flight, CancellationToken stop)
    {
        try
        {
            var findings = await lookups.FindAsync(key, stop);
            var known = new Lookup(findings, flight.AskedAt, After(Hold(findings)));
            Tell(entry, flight, known);
            return known;
        }
        catch (DiscoveryException)
        {
            Tell(entry, flight, null);
            throw;
        }
    }

    // A hint begins a new asking beside one that is under way: the answer to the later question counts, whichever comes last.
    private static void Tell(Entry entry, Flight flight, Lookup? known)
    {
        lock (entry)
        {
            if (flight.AskedAt < entry.ToldAsOf)
                return;
            entry.ToldAsOf = flight.AskedAt;
            entry.Known = known;
        }
    }

    // The ttl within its bounds, a tenth earlier or later at random, so that many who asked together do not come back together.
    private TimeSpan Hold(in Findings findings)
    {
        // What could not be asked may be known in a moment.
        var ttl = findings.Doubt is null ? findings.Ttl : TimeSpan.Zero;
        var bounded = ttl < options.MinInterval ? options.MinInterval : ttl > options.MaxInterval ? options.MaxInterval : ttl;
        var earliest = TimeSpan.FromTicks(Math.Max(options.MinInterval.Ticks, bounded.Ticks / 10 * 9));
        var latest = TimeSpan.FromTicks(Math.Min(options.MaxInterval.Ticks, earliest.Ticks + (bounded.Ticks / 10)));
        return earliest + ((latest - earliest) * jitter());
    }

    private long After(TimeSpan duration) => time.GetTimestamp() + (long)(duration.TotalSeconds * time.TimestampFrequency);

    private void Sweep()
    {
        var now = time.GetTimestamp();
        foreach (var (key, entry) in _entries)
        {
            if (entry.Flight is null && !(entry.Known?.ExpiresAt > now))
                _entries.TryRemove(key, out _);
        }

        if (_entries.Count >= MaxEntries)
            _entries.Clear();
    }

    private sealed class Entry
    {
        private Lookup? _known;

        public Lookup? Known
        {
            get => Volatile.Read(ref _known);
            set => Volatile.Write(ref _known, value);
        }

        public Flight? Flight { get; set; }

        /// <summary>When what is known, or that it could not be found out, was asked for.</summary>
        public long ToldAsOf { get; set; } = long.MinValue;
    }

    /// <summary>One asking, shared by those who wait for it. Joining and leaving are done under the lock of its entry.</summary>
    private sealed class Flight(long askedAt) : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly TaskCompletionSource<Lookup> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _waiters = 1;

        public long AskedAt => askedAt;

        /// <summary>Completes with the asking.</summary>
        public Task<Lookup> Ended => _ended.Task;

        /// <summary>False when it is over, or about to be.</summary>
        public bool TryJoin()
        {
            if (_waiters == 0 || Ended.IsCompleted)
                return false;
            _waiters++;
            return true;
        }

        public bool Leave() => --_waiters == 0;

        /// <summary>Once, by the first who waits, outside of the lock: files are read on the way.</summary>
        public void Start(Func<CancellationToken, Task<Lookup>> find)
        {
            // It may outlive the request that happened to be first and must not carry its context (trace, identity) along.
            using AsyncFlowControl? suppressed = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
            _ = RunAsync(find);
        }

        // Whoever leaves last waits for its end.
        public async ValueTask DisposeAsync()
        {
            if (!Ended.IsCompleted)
                await _stop.CancelAsync();
            await ((Task)Ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _stop.Dispose();
        }

        private async Task RunAsync(Func<CancellationToken, Task<Lookup>> find)
        {
            try
            {
                _ended.SetResult(await find(_stop.Token));
            }
            catch (Exception error)
            {
                _ended.SetException(error);
            }
        }
    }
}
