using System.Text;
using System.Text.Unicode;
using Rollcall.Gossip;

namespace Rollcall.Cli.Gossip;

/// <summary>Something that has happened in the cluster, as <c>monitor</c> tells it.</summary>
internal sealed record ChangeDocument
{
    public const string Snapshot = "snapshot";
    public const string State = "member";
    public const string Joined = "joined";
    public const string Updated = "updated";
    public const string Suspected = "suspected";
    public const string Cleared = "cleared";
    public const string Leaving = "leaving";
    public const string Failed = "failed";
    public const string Left = "left";
    public const string Forgotten = "forgotten";
    public const string UserEvent = "event";

    /// <summary>When it was told; null on the way.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>One of the above. A snapshot is followed by so many members as it says.</summary>
    public required string Kind { get; init; }

    /// <summary>How many members follow a snapshot.</summary>
    public int? Count { get; init; }

    public MemberDocument? Member { get; init; }

    /// <summary>What an event is called.</summary>
    public string? Event { get; init; }

    /// <summary>What an event carries, where that is text.</summary>
    public string? Payload { get; init; }

    /// <summary>What an event carries, where that is no text.</summary>
    public byte[]? PayloadBase64 { get; init; }

    /// <summary>A change as lines.</summary>
    public static IEnumerable<ChangeDocument> Of(GossipEvent change)
    {
        if (change.Member is { } changed)
        {
            yield return new() { Kind = KindOf(change.Kind), Member = MemberDocument.Of(changed) };
            yield break;
        }

        yield return new() { Kind = Snapshot, Count = change.Membership.Members.Count };
        foreach (var member in change.Membership.Members)
            yield return new() { Kind = State, Member = MemberDocument.Of(member) };
    }

    public static ChangeDocument Of(GossipMessage message)
    {
        var isText = Utf8.IsValid(message.Payload.Span);
        return new()
        {
            Kind = UserEvent,
            Event = message.EventName ?? "rollcall",
            Payload = isText && message.Payload.Length > 0 ? Encoding.UTF8.GetString(message.Payload.Span) : null,
            PayloadBase64 = isText ? null : message.Payload.ToArray(),
        };
    }

    private static string KindOf(GossipEventKind kind) => kind switch
    {
        GossipEventKind.Joined => Joined,
        GossipEventKind.Suspected => Suspected,
        GossipEventKind.Cleared => Cleared,
        GossipEventKind.Leaving => Leaving,
        GossipEventKind.Failed => Failed,
        GossipEventKind.Left => Left,
        GossipEventKind.Forgotten => Forgotten,
        _ => Updated,
    };
}
