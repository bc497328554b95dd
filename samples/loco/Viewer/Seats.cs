namespace Loco.Viewer;

/// <summary>Who looks at what, within the limits. Thread-safe.</summary>
internal sealed class Seats(int most, int mostOfOne)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _taken = new(StringComparer.Ordinal);
    private int _all;

    /// <summary>How many look at one.</summary>
    public int Of(string id)
    {
        lock (_gate)
            return _taken.GetValueOrDefault(id);
    }

    /// <summary>A seat, to be given back; null when there is none.</summary>
    public IDisposable? TryTake(string id)
    {
        lock (_gate)
        {
            if (_all >= most || _taken.GetValueOrDefault(id) >= mostOfOne)
                return null;
            _all++;
            _taken[id] = _taken.GetValueOrDefault(id) + 1;
            return new Seat(this, id);
        }
    }

    private void Leave(string id)
    {
        lock (_gate)
        {
            _all--;
            if (--_taken[id] == 0)
                _taken.Remove(id);
        }
    }

    private sealed class Seat(Seats seats, string id) : IDisposable
    {
        private int _isLeft;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isLeft, 1) == 0)
                seats.Leave(id);
        }
    }
}
