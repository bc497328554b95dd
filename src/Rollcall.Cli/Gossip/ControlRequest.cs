namespace Rollcall.Cli.Gossip;

/// <summary>What a node is asked: one line, and one of a connection.</summary>
internal sealed record ControlRequest
{
    public const string Members = "members";
    public const string Join = "join";
    public const string Leave = "leave";
    public const string Tags = "tags";
    public const string Monitor = "monitor";
    public const string Send = "send";
    public const string ForceLeave = "force-leave";
    public const string ListKeys = "keys list";
    public const string AddKey = "keys add";
    public const string UseKey = "keys use";
    public const string RemoveKey = "keys remove";

    /// <summary>What is wanted; one of the above.</summary>
    public string Command { get; init; } = "";

    /// <summary>For <see cref="Join"/>: whom.</summary>
    public IReadOnlyList<string>? Addresses { get; init; }

    /// <summary>For <see cref="Tags"/>: what is set.</summary>
    public IReadOnlyDictionary<string, string>? Set { get; init; }

    /// <summary>For <see cref="Tags"/>: which go.</summary>
    public IReadOnlyList<string>? Delete { get; init; }

    /// <summary>For <see cref="Send"/>: what the event is called.</summary>
    public string? Event { get; init; }

    /// <summary>For <see cref="Send"/>: in base64 on the wire.</summary>
    public byte[]? Payload { get; init; }

    /// <summary>For <see cref="ForceLeave"/>: who.</summary>
    public string? Member { get; init; }

    /// <summary>For <see cref="ForceLeave"/>: whether the member is also forgotten.</summary>
    public bool Prune { get; init; }

    /// <summary>For what is done with a key: base64.</summary>
    public string? Key { get; init; }
}
