using Microsoft.Extensions.Logging;
using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Transport;

/// <summary>Says what was refused of what others send: a few lines in a while, and then one with the number of the rest, so that nobody outside fills a disk. Thread-safe.</summary>
internal sealed class RefusalLog(TimeProvider time, ILogger logger, string what = "packet or message")
{
    private const int Lines = 5;

    private readonly Lock _counting = new();
    private readonly LineLimiter _limiter = new(time, Lines);
    private NodeAddress _from;
    private string _reason = "";

    public void Refused(NodeAddress from, string reason)
    {
        bool isWritten;
        lock (_counting)
        {
            (_from, _reason) = (from, reason);
            isWritten = _limiter.TryTake();
        }

        if (isWritten)
            GossipLog.Refused(logger, what, from, reason);
    }

    /// <summary>Says how much there was more, once the time of it is over. To be called now and then.</summary>
    public void Settle()
    {
        long more;
        NodeAddress from;
        string reason;
        lock (_counting)
        {
            if (!_limiter.TryEnd(out more))
                return;
            (from, reason) = (_from, _reason);
        }

        GossipLog.More(logger, LogLevel.Warning, more, LineLimiter.Interval.TotalSeconds, $"a {what} was refused; the last was from {from}: {reason}");
    }
}
