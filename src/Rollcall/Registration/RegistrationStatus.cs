using Rollcall.Api;

namespace Rollcall.Registration;

/// <summary>Where one announced instance stands.</summary>
public sealed record RegistrationStatus
{
    /// <summary>The service.</summary>
    public required string Service { get; init; }

    /// <summary>The id the node knows it by; differs from the announced one when that was taken and a rename was allowed.</summary>
    public required string Id { get; init; }

    /// <summary>True when, as far as is known, the node has it.</summary>
    public required bool IsRegistered { get; init; }

    /// <summary>True once a drain was asked for.</summary>
    public required bool IsDraining { get; init; }

    /// <summary>True when every caller has stopped sending to it, or none can know of it.</summary>
    public required bool IsDrained { get; init; }

    /// <summary>The node's last word on the drain; null when there was none. It names the watchers waited for.</summary>
    public DrainDocument? Drain { get; init; }
}
