using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Rollcall.Gossip.Transport;

/// <summary>
/// Tells of the membership, the state first. Each reader has a bounded queue; one that is too slow for it is given the state again in place of what it missed.
/// </summary>
internal sealed class MembershipHub
{
    private const int Capacity = 256; // a slow reader holds no more states of the membership than that

    private readonly Lock _publishing = new();
    private readonly List<Reader> _readers = [];
    private volatile GossipMembership _current = new(0, []);
    private bool _isOver;
    private Exception? _failure;

    public GossipMembership Current => _current;

    /// <summary>The state is there before the changes that led to it are told.</summary>
    public void Publish(GossipMembership membership, IReadOnlyList<(GossipEventKind Kind, Member Member)> changes)
    {
        lock (_publishing)
        {
            _current = membership;
            foreach (var reader in _readers)
            {
                foreach (var (kind, member) in changes)
                    reader.Tell(new(kind, member, membership));
            }
        }
    }

    /// <summary>Readers end; by the failure, where there is one.</summary>
    public void End(Exception? failure = null)
    {
        lock (_publishing)
        {
            if (_isOver)
                return;
            _isOver = true;
            _failure = failure;
            foreach (var reader in _readers)
                reader.Channel.Writer.TryComplete(failure);
        }
    }

    public async IAsyncEnumerable<GossipEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var reader = new Reader();
        GossipMembership first;
        lock (_publishing)
        {
            if (_isOver)
                reader.Channel.Writer.TryComplete(_failure);
            _readers.Add(reader);
            first = _current;
        }

        try
        {
            yield return new(GossipEventKind.Snapshot, null, first);
            while (await reader.Channel.Reader.WaitToReadAsync(cancellationToken))
            {
                while (reader.Channel.Reader.TryRead(out var change))
                    yield return change;
                if (reader.TakeMissed())
                    yield return new(GossipEventKind.Snapshot, null, _current);
            }
        }
        finally
        {
            lock (_publishing)
                _readers.Remove(reader);
        }
    }

    private sealed class Reader
    {
        private bool _hasMissed;

        public Channel<GossipEvent> Channel { get; } =
            System.Threading.Channels.Channel.CreateBounded<GossipEvent>(new BoundedChannelOptions(Capacity) { SingleReader = true });

        public void Tell(GossipEvent change)
        {
            // After one is missed the next mean nothing, until the reader has taken the state.
            if (!Volatile.Read(ref _hasMissed) && !Channel.Writer.TryWrite(change))
                Volatile.Write(ref _hasMissed, true);
        }

        // Cleared before the state is looked at: what is told from then on comes after it, or is in it already.
        public bool TakeMissed() => Interlocked.Exchange(ref _hasMissed, false);
    }
}
