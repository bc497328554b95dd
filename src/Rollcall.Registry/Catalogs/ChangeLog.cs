using System.Runtime.CompilerServices;

namespace Rollcall.Registry.Catalogs;

/// <summary>
/// The newest changes in a ring, for streams. One writer, any number of readers, no lock: revisions grow by one, so a revision's
/// place is known, and a slot that holds another revision tells that the reader was overtaken.
/// </summary>
internal sealed class ChangeLog(int capacity)
{
    private readonly Change?[] _ring = new Change?[capacity];
    private readonly Signal _grown = new();
    private long _first; // the oldest revision ever held; readers before it start over
    private long _last;
    private bool _closed;

    public long Last => Volatile.Read(ref _last);

    /// <summary>Begins after <paramref name="revision"/>.</summary>
    public void Start(long revision)
    {
        _first = revision + 1;
        Volatile.Write(ref _last, revision);
    }

    /// <summary>Adds a batch; readers see it after <see cref="Publish"/>.</summary>
    public void Add(Change change) => Volatile.Write(ref _ring[change.Revision % _ring.Length], change);

    public void Publish(long revision)
    {
        Volatile.Write(ref _last, revision);
        _grown.Raise();
    }

    /// <summary>Ends every reading once it has delivered what there is.</summary>
    public void Close()
    {
        Volatile.Write(ref _closed, true);
        _grown.Raise();
    }

    /// <summary>True when every change after <paramref name="revision"/> is held.</summary>
    public bool Holds(long revision)
    {
        var last = Last;
        return revision <= last && revision + 1 >= _first && last - revision <= _ring.Length;
    }

    public async IAsyncEnumerable<Change> ReadAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var next = after + 1; ;)
        {
            var grown = _grown.Next();
            // Closed is read before the last revision: what was published before the close is still delivered.
            var closed = Volatile.Read(ref _closed);
            for (var last = Last; next <= last; next++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var change = Volatile.Read(ref _ring[next % _ring.Length]);
                if (change?.Revision != next)
                    throw new ChangesLostException();
                yield return change;
            }

            if (closed)
                yield break;
            await grown.WaitAsync(cancellationToken);
        }
    }
}
