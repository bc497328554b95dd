using System.Runtime.InteropServices;
using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Protocol;

/// <summary>
/// Which versions go together. A member whose versions do not fit ours is kept out when it is first heard of: one that memberlist lets in makes every exchange of the whole cluster fail.
/// </summary>
internal static class VersionRules
{
    /// <summary>Why a member of these versions cannot be one of a cluster with <paramref name="own"/>; null where it can.</summary>
    public static string? Refusal(in ProtocolVersions own, ProtocolVersions? other)
    {
        if (other is not { } them)
            return "A member does not say which versions it speaks.";
        if (them.ProtocolMin == 0 || them.ProtocolMax == 0 || them.ProtocolMin > them.ProtocolMax || them.DelegateMin > them.DelegateMax)
            return "A member's range of versions is none.";
        if (!IsWithin(own.Protocol, them.ProtocolMin, them.ProtocolMax) || !IsWithin(them.Protocol, own.ProtocolMin, own.ProtocolMax))
            return "A member speaks another version of the protocol.";
        return IsWithin(own.Delegate, them.DelegateMin, them.DelegateMax) && IsWithin(them.Delegate, own.DelegateMin, own.DelegateMax)
            ? null
            : "A member speaks another version of the application's protocol.";
    }

    private static bool IsWithin(byte version, byte min, byte max) => version >= min && version <= max;
}

/// <summary>What all members of a merge understand together; every one of them must speak something within it.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct CommonVersions
{
    private byte _protocolMin;
    private byte _protocolMax;
    private byte _delegateMin;
    private byte _delegateMax;

    public static CommonVersions All => new() { _protocolMax = byte.MaxValue, _delegateMax = byte.MaxValue };

    public void Add(in ProtocolVersions versions)
    {
        _protocolMin = Math.Max(_protocolMin, versions.ProtocolMin);
        _protocolMax = Math.Min(_protocolMax, versions.ProtocolMax);
        _delegateMin = Math.Max(_delegateMin, versions.DelegateMin);
        _delegateMax = Math.Min(_delegateMax, versions.DelegateMax);
    }

    public readonly bool Allows(in ProtocolVersions versions) =>
        versions.Protocol >= _protocolMin && versions.Protocol <= _protocolMax && versions.Delegate >= _delegateMin && versions.Delegate <= _delegateMax;
}
