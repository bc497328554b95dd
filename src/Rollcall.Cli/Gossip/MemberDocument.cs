using Rollcall.Gossip;

namespace Rollcall.Cli.Gossip;

/// <summary>A member as the command line tells of it, in the words of Serf.</summary>
internal sealed record MemberDocument
{
    public const string Alive = "alive";
    public const string Leaving = "leaving";
    public const string Left = "left";
    public const string Failed = "failed";

    public required string Name { get; init; }

    public required string Address { get; init; }

    public required int Port { get; init; }

    /// <summary>One of the above. A suspect is alive until it is given up.</summary>
    public required string Status { get; init; }

    public bool Suspect { get; init; }

    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    public static MemberDocument Of(Member member) => new()
    {
        Name = member.Name,
        Address = member.EndPoint.Address.ToString(),
        Port = member.EndPoint.Port,
        Status = member.State switch
        {
            MemberState.Dead => Failed,
            MemberState.Left => Left,
            _ when member.IsLeaving => Leaving,
            _ => Alive,
        },
        Suspect = member.State == MemberState.Suspect,
        Tags = member.ReadTags(),
    };
}

/// <summary>What <c>members -o json</c> prints.</summary>
internal sealed record MembersDocument(IReadOnlyList<MemberDocument> Members);
