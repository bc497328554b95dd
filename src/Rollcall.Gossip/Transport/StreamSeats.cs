using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Transport;

/// <summary>How many incoming streams there are, in all and of one address, and how much memory they hold together. Who is slow on purpose takes at most half of the seats.</summary>
internal sealed class StreamSeats(int seats)
{
    /// <summary>A few exchanges of the largest size at once; ordinary ones have some kilobytes.</summary>
    public const long MaxHeldBytes = 128L * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<NodeAddress, int> _byHost = [];
    private int _taken;
    private long _held;

    public bool TryTake(NodeAddress peer)
    {
        var host = peer.WithPort(0);
        lock (_gate)
        {
            var ofHost = _byHost.GetValueOrDefault(host);
            if (_taken == seats || ofHost >= Math.Max(1, seats / 2))
                return false;
            _taken++;
            _byHost[host] = ofHost + 1;
            return true;
        }
    }

    public void Leave(NodeAddress peer)
    {
        var host = peer.WithPort(0);
        lock (_gate)
        {
            _taken--;
            if (--_byHost[host] == 0)
                _byHost.Remove(host);
        }
    }

    /// <summary>Replaces what a stream holds; false where that is too much with all the others.</summary>
    public bool TryHold(ref int held, int now)
    {
        var sum = Interlocked.Add(ref _held, now - held);
        held = now;
        return sum <= MaxHeldBytes;
    }
}
