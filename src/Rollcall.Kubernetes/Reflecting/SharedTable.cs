using System.Diagnostics.CodeAnalysis;

namespace Rollcall.Kubernetes.Reflecting;

/// <summary>
/// Values that several users share by key: made for the first, ended a while after the last. Thread-safe; makes and ends values outside of its lock.
/// </summary>
/// <param name="linger">How long a value without users is kept.</param>
/// <param name="time">The clock.</param>
internal sealed class SharedTable<TKey, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TValue>(TimeSpan linger, TimeProvider time) : IAsyncDisposable
    where TKey : notnull
    where TValue : class, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, Entry> _entries = [];
    private readonly HashSet<Task> _endings = [];
    private bool _isDisposed;

    /// <summary>The value of a key, made when there is none. Dispose of the lease to give it back.</summary>
    public Lease Acquire(TKey key, Func<TValue> create)
    {
        Entry entry;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_entries.TryGetValue(key, out entry!))
                _entries.Add(key, entry = new Entry(key, new Lazy<TValue>(create, LazyThreadSafetyMode.ExecutionAndPublication)));
            entry.Users++;
            entry.Timer?.Dispose();
            entry.Timer = null;
        }

        try
        {
            return new Lease(this, entry, entry.Value.Value);
        }
        catch
        {
            // What could not be made is not kept: the next one tries anew.
            lock (_gate)
            {
                entry.Users--;
                if (_entries.TryGetValue(key, out var present) && ReferenceEquals(present, entry))
                    _entries.Remove(key);
            }

            throw;
        }
    }

    /// <summary>Ends every value, used or not.</summary>
    public async ValueTask DisposeAsync()
    {
        Entry[] entries;
        Task[] endings;
        lock (_gate)
        {
            _isDisposed = true;
            entries = [.. _entries.Values];
            endings = [.. _endings];
            _entries.Clear();
        }

        foreach (var entry in entries)
            await EndAsync(entry);
        await Task.WhenAll(endings);
    }

    private ValueTask ReleaseAsync(Entry entry)
    {
        lock (_gate)
        {
            if (--entry.Users > 0 || !IsPresent(entry))
                return ValueTask.CompletedTask;
            if (linger > TimeSpan.Zero)
            {
                entry.Timer = time.CreateTimer(_ => Expire(entry), null, linger, Timeout.InfiniteTimeSpan);
                return ValueTask.CompletedTask;
            }

            _entries.Remove(entry.Key);
        }

        return EndAsync(entry);
    }

    private void Expire(Entry entry)
    {
        lock (_gate)
        {
            // Somebody may have come while the timer was firing.
            if (entry.Users > 0 || !IsPresent(entry))
                return;
            _entries.Remove(entry.Key);
            var ending = EndAsync(entry).AsTask();
            _endings.Add(ending);
            _ = ending.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private void Forget(Task ending)
    {
        lock (_gate)
            _endings.Remove(ending);
    }

    private bool IsPresent(Entry entry) => _entries.TryGetValue(entry.Key, out var present) && ReferenceEquals(present, entry);

    private static async ValueTask EndAsync(Entry entry)
    {
        await Task.Yield(); // never under the caller's lock
        entry.Timer?.Dispose();
        if (entry.Value.IsValueCreated)
            await entry.Value.Value.DisposeAsync();
    }

    /// <summary>A use of a value.</summary>
    public sealed class Lease : IAsyncDisposable
    {
        private readonly SharedTable<TKey, TValue> _table;
        private readonly Entry _entry;
        private int _disposed;

        internal Lease(SharedTable<TKey, TValue> table, Entry entry, TValue value)
        {
            _table = table;
            _entry = entry;
            Value = value;
        }

        public TValue Value { get; }

        public ValueTask DisposeAsync() => Interlocked.Exchange(ref _disposed, 1) == 0 ? _table.ReleaseAsync(_entry) : ValueTask.CompletedTask;
    }

    internal sealed class Entry(TKey key, Lazy<TValue> value)
    {
        public TKey Key => key;

        public Lazy<TValue> Value => value;

        public int Users { get; set; }

        public ITimer? Timer { get; set; }
    }
}
