using Microsoft.Extensions.Logging;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;
using Rollcall.Gossip.Serf;

namespace Rollcall.Gossip.Transport;

/// <summary>Logs and counts what happens in the protocol. For the loop alone.</summary>
internal sealed class ProtocolReporter(GossipMetrics metrics, RefusalLog refusals, ILogger logger)
{
    /// <summary>Never with a key in it. Without encryption anybody may ask, so that what is refused is not a line each.</summary>
    public void KeysAsked(SerfEvent asked)
    {
        if (asked.Words.Length > 0)
            Refused(default, $"{asked.Name} asked about keys ({asked.Operation}). {asked.Words}");
        else if (asked.Operation != KeyOperation.List)
            GossipLog.KeysChanged(logger, asked.Name, asked.Operation.ToString());
    }

    public void Report(in ProtocolEvent change)
    {
        switch (change.Kind)
        {
            case EventKind.ProbeAnswered:
                metrics.ProbeAnswered(change.Elapsed > 0 ? TimeSpan.FromTicks(change.Elapsed) : null);
                break;
            case EventKind.ProbeFailed:
                metrics.ProbeFailed();
                break;
            case EventKind.Refused:
                Refused(change.From, change.Reason ?? "");
                break;
            case EventKind.Refuted:
                metrics.Refuted();
                GossipLog.Refuted(logger, change.Other?.Name ?? "by nobody known");
                break;
            case EventKind.Paused:
                GossipLog.Paused(logger, TimeSpan.FromTicks(change.Elapsed).TotalSeconds);
                break;
            case EventKind.Doubted:
                GossipLog.Doubted(logger);
                break;
            case EventKind.Misdirected:
                GossipLog.Misdirected(logger, change.From);
                break;
            default:
                if (change.Record is { } member)
                    Report(change, member);
                break;
        }
    }

    public void Refused(NodeAddress from, string reason)
    {
        metrics.Refused("packet");
        refusals.Refused(from, reason);
    }

    public void ConflictAnswered(string member) => GossipLog.ConflictAnswered(logger, member);

    private void Report(in ProtocolEvent change, NodeRecord member)
    {
        switch (change.Kind)
        {
            case EventKind.Joined:
                GossipLog.Joined(logger, member.Name, member.Address);
                break;
            case EventKind.Left:
                GossipLog.Left(logger, member.Name);
                break;
            case EventKind.Failed:
                GossipLog.Failed(logger, member.Name, member.Address);
                break;
            case EventKind.Suspected:
                metrics.Suspected();
                GossipLog.Suspected(logger, member.Name, member.Address, change.Other?.Name ?? "nobody known");
                break;
            case EventKind.Cleared:
                GossipLog.Cleared(logger, member.Name);
                break;
            case EventKind.Conflict:
                GossipLog.Conflict(logger, member.Name, member.Address, change.Other?.Address ?? default);
                break;
            case EventKind.DatagramsLost:
                GossipLog.DatagramsLost(logger, member.Name, member.Address);
                break;
            case EventKind.AccuserDoubted:
                GossipLog.AccuserDoubted(logger, change.Other?.Name ?? member.Name);
                break;
            case EventKind.Flapping:
                GossipLog.Flapping(logger, member.Name);
                break;
        }
    }
}
