using Microsoft.Extensions.Logging;
using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Transport;

/// <summary>Writes at most one line in a while about what others send: nobody outside fills a disk. For the loop alone.</summary>
internal sealed class RefusalLog(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private long _last;
    private bool _hasWritten;
    private long _count;

    public void Refused(NodeAddress from, string reason)
    {
        _count++;
        if (_hasWritten && time.GetElapsedTime(_last) < Interval)
            return;
        GossipLog.Refused(logger, _count, from, reason);
        _hasWritten = true;
        _last = time.GetTimestamp();
        _count = 0;
    }
}
