using Microsoft.Extensions.Logging;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;
using Rollcall.Gossip.Serf;

namespace Rollcall.Gossip.Transport;

/// <summary>
/// Logs and counts what happens in the protocol. Most of it others can cause, so that of each kind there are some lines in a while, and then one with the number of the rest: each member in a cluster that an
/// operator reads member by member, a summary where hundreds come or go at once. For the loop alone.
/// </summary>
internal sealed class ProtocolReporter(GossipMetrics metrics, RefusalLog refusals, TimeProvider time, ILogger logger)
{
    private const int OfMembers = 50;
    private const int OfOthers = 5;
    private static readonly TimeSpan NameLostInterval = TimeSpan.FromMinutes(1);

    private readonly List<LimitedLine> _limited = [];
    private readonly Dictionary<EventKind, LimitedLine> _limits = [];
    private long? _nameLost;
    private readonly MemberLines _ofMembers = new(time);
    private LimitedLine? _conflictsAnswered;
    private LimitedLine? _keysChanged;
    private LimitedLine? _keysNotDone;

    /// <summary>The node's own record. That it is there is no news of a member: where it listens is told.</summary>
    public NodeRecord? Self { get; init; }

    /// <summary>Never with a key in it. Without encryption anybody may ask, so that what is refused is not a line each.</summary>
    public void KeysAsked(SerfEvent asked)
    {
        if (asked.Words.Length > 0)
        {
            metrics.Refused("packet");
            if (Limit(ref _keysNotDone, OfOthers, LogLevel.Warning, "a member asked about keys, and was told why not").Limiter.TryTake())
                GossipLog.KeysNotDone(logger, asked.Name, asked.Operation.ToString(), asked.Words);
        }
        else if (asked.Operation != KeyOperation.List && Limit(ref _keysChanged, OfMembers, LogLevel.Information, "a member had this node change its keys").Limiter.TryTake())
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
                if (MayWrite(change.Kind))
                    GossipLog.Refuted(logger, change.Other?.Name ?? "by nobody known");
                break;
            case EventKind.Paused:
                if (MayWrite(change.Kind))
                    GossipLog.Paused(logger, TimeSpan.FromTicks(change.Elapsed).TotalSeconds);
                break;
            case EventKind.Doubted:
                if (MayWrite(change.Kind))
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

    public void ConflictAnswered(string member)
    {
        if (Limit(ref _conflictsAnswered, OfOthers, LogLevel.Information, "an agent asked who a member is").Limiter.TryTake())
            GossipLog.ConflictAnswered(logger, member);
    }

    /// <summary>Says how much there was more, once the time of it is over. To be called now and then.</summary>
    public void Settle()
    {
        foreach (var line in _limited)
        {
            if (line.Limiter.TryEnd(out var more))
                GossipLog.More(logger, line.Level, more, LineLimiter.Interval.TotalSeconds, line.What);
        }

        refusals.Settle();
    }

    private void Report(in ProtocolEvent change, NodeRecord member)
    {
        if (change.Kind == EventKind.Suspected)
            metrics.Suspected();
        if (change.Kind == EventKind.Joined && member.Address == Self?.Address && string.Equals(member.Name, Self.Name, StringComparison.Ordinal))
            return;
        if (change.Kind is EventKind.DatagramsLost or EventKind.StreamsLost && !_ofMembers.TryTake(change.Kind, member.Name))
            return;
        if (!MayWrite(change.Kind))
            return;
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
                GossipLog.Suspected(logger, member.Name, member.Address, change.Other?.Name ?? "nobody known");
                break;
            case EventKind.Cleared:
                GossipLog.Cleared(logger, member.Name);
                break;
            case EventKind.Conflict:
                GossipLog.Conflict(logger, member.Name, member.Address, change.Other?.Address ?? default);
                break;
            case EventKind.NameLost:
                if (_nameLost is { } last && time.GetElapsedTime(last) < NameLostInterval)
                    break;
                _nameLost = time.GetTimestamp();
                GossipLog.NameLost(logger, member.Name, change.Other?.Address ?? default, change.From);
                break;
            case EventKind.DatagramsLost when change.Reason is { } reason:
                GossipLog.DatagramsNotSent(logger, member.Name, member.Address, reason);
                break;
            case EventKind.DatagramsLost:
                GossipLog.DatagramsLost(logger, member.Name, member.Address);
                break;
            case EventKind.StreamsLost:
                GossipLog.StreamsLost(logger, member.Name, member.Address, change.Reason ?? "");
                break;
            case EventKind.AccuserDoubted:
                GossipLog.AccuserDoubted(logger, change.Other?.Name ?? member.Name);
                break;
            case EventKind.Flapping:
                GossipLog.Flapping(logger, member.Name);
                break;
        }
    }

    // What has no line has no limit.
    private bool MayWrite(EventKind kind)
    {
        if (!_limits.TryGetValue(kind, out var line))
        {
            if (WordsOf(kind) is not var (lines, level, what))
                return true;
            _limits[kind] = line = New(lines, level, what);
        }

        return line.Limiter.TryTake();
    }

    private static (int Lines, LogLevel Level, string What)? WordsOf(EventKind kind) => kind switch
    {
        EventKind.Joined => (OfMembers, LogLevel.Information, "a member has joined"),
        EventKind.Left => (OfMembers, LogLevel.Information, "a member has left"),
        EventKind.Failed => (OfMembers, LogLevel.Warning, "a member has failed"),
        EventKind.Suspected => (OfMembers, LogLevel.Information, "a member is suspected"),
        EventKind.Cleared => (OfMembers, LogLevel.Information, "a suspect is well"),
        EventKind.Refuted => (OfOthers, LogLevel.Warning, "this node was taken for dead or suspected"),
        EventKind.Conflict => (OfOthers, LogLevel.Warning, "the name of a member is claimed by another address"),
        EventKind.DatagramsLost => (OfOthers, LogLevel.Warning, "a member answers over TCP and not over UDP"),
        EventKind.StreamsLost => (OfOthers, LogLevel.Warning, "a member answers over UDP and not over TCP"),
        EventKind.AccuserDoubted => (OfOthers, LogLevel.Warning, "a member accuses so many that it is not believed"),
        EventKind.Flapping => (OfOthers, LogLevel.Information, "a member goes and comes again and again"),
        EventKind.Paused => (OfOthers, LogLevel.Warning, "this node did not run"),
        EventKind.Doubted => (OfOthers, LogLevel.Warning, "nobody at all answers this node"),
        _ => null,
    };

    private LimitedLine Limit(ref LimitedLine? line, int lines, LogLevel level, string what) => line ??= New(lines, level, what);

    private LimitedLine New(int lines, LogLevel level, string what)
    {
        var line = new LimitedLine(new(time, lines), level, what);
        _limited.Add(line);
        return line;
    }

    private sealed record LimitedLine(LineLimiter Limiter, LogLevel Level, string What);
}
