namespace Rollcall.Node.Live;

/// <summary>Those that are to be asked, service by service in turn, so that one whose instances all hang does not hold up another. Bounded.</summary>
internal sealed class HealthQueue(int capacity) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<HealthEntry>> _services = new(StringComparer.Ordinal);
    private readonly Queue<string> _turns = new();
    private readonly SemaphoreSlim _waiting = new(0);
    private int _count;

    /// <summary>Entries that wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>False when too many wait already.</summary>
    public bool TryAdd(HealthEntry entry)
    {
        lock (_gate)
        {
            if (_count == capacity)
                return false;
            _count++;
            if (!_services.TryGetValue(entry.Key.Service, out var queue))
            {
                _services.Add(entry.Key.Service, queue = new Queue<HealthEntry>());
                _turns.Enqueue(entry.Key.Service);
            }

            queue.Enqueue(entry);
        }

        _waiting.Release();
        return true;
    }

    /// <summary>The next one; waits for it.</summary>
    public async ValueTask<HealthEntry> TakeAsync(CancellationToken cancellationToken)
    {
        await _waiting.WaitAsync(cancellationToken);
        lock (_gate)
        {
            _count--;
            var service = _turns.Dequeue();
            var queue = _services[service];
            var entry = queue.Dequeue();
            if (queue.Count > 0)
                _turns.Enqueue(service);
            else
                _services.Remove(service);
            return entry;
        }
    }

    public void Dispose() => _waiting.Dispose();
}
