namespace Rollcall.Gossip.Serf;

/// <summary>A member joined, or is still there although somebody said that it leaves.</summary>
internal readonly ref struct JoinIntent(ulong time, ReadOnlySpan<byte> node)
{
    public ulong Time { get; } = time;

    public ReadOnlySpan<byte> Node { get; } = node;
}

/// <summary>A member is about to leave, or is to be taken for one that left. With <paramref name="prune"/> it is to be forgotten.</summary>
internal readonly ref struct LeaveIntent(ulong time, ReadOnlySpan<byte> node, bool prune)
{
    public ulong Time { get; } = time;

    public ReadOnlySpan<byte> Node { get; } = node;

    public bool Prune { get; } = prune;
}

/// <summary>An event of a user, for everybody. With <paramref name="coalesces"/> the last of a name in a short time is enough.</summary>
internal readonly ref struct UserEvent(ulong time, ReadOnlySpan<byte> name, ReadOnlySpan<byte> payload, bool coalesces)
{
    public ulong Time { get; } = time;

    public ReadOnlySpan<byte> Name { get; } = name;

    public ReadOnlySpan<byte> Payload { get; } = payload;

    public bool Coalesces { get; } = coalesces;
}
