using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;

namespace Rollcall.TestKit.Gossip;

/// <summary>A node of the simulation: a process that may be started again, on a host with a clock of its own.</summary>
internal sealed class SimulatedNode(int index)
{
    private const long Million = 1_000_000;

    private SwimCore? _core;

    public int Index { get; } = index;

    public string Name { get; } = $"n{index}";

    /// <summary>Processes it has been; 0 before the first.</summary>
    public int Life { get; set; }

    /// <summary>How often its host has got another address.</summary>
    public byte Moves { get; set; }

    public NodeAddress Address => AddressOf(Index, Moves);

    public SwimCore Core
    {
        get => _core ?? throw new InvalidOperationException($"{Name} was never started.");
        set => _core = value;
    }

    public bool IsRunning { get; set; }

    public bool HasLeft { get; set; }

    public bool HasJoined { get; set; }

    public bool IsFrozen { get; set; }

    /// <summary>It runs, but what it sends and what it is sent waits.</summary>
    public bool IsBlocked { get; set; }

    /// <summary>Whether it is blocked, not frozen, when it stops.</summary>
    public bool IsStallOfMessages { get; set; }

    /// <summary>How long it stops at a time, and how often; zero where it is not slow.</summary>
    public long StallFor { get; set; }

    public long StallEvery { get; set; }

    /// <summary>Nodes of different groups cannot reach each other.</summary>
    public int Group { get; set; }

    /// <summary>How much faster its clock goes than the right time.</summary>
    public long SkewPartsPerMillion { get; set; }

    public long ClockOffset { get; set; }

    /// <summary>When its timer will come; <see cref="long.MaxValue"/> for none.</summary>
    public long ArmedAt { get; set; } = long.MaxValue;

    /// <summary>What came while it was frozen or blocked: as much as a socket holds.</summary>
    public Queue<(byte[] Bytes, int Length, NodeAddress From)> Inbox { get; } = [];

    /// <summary>What it sent while it was blocked.</summary>
    public Queue<(byte[] Bytes, int Length, NodeAddress To)> Outbox { get; } = [];

    /// <summary>Since when nothing has been done to it or its links; <see cref="long.MaxValue"/> while something is.</summary>
    public long CalmSince { get; set; } = long.MaxValue;

    public bool IsDisturbed => IsFrozen || IsBlocked || StallFor > 0;

    public long PacketsSent { get; set; }

    public long BytesSent { get; set; }

    public static NodeAddress AddressOf(int index, byte moves) => NodeAddress.From([(byte)(10 + moves), (byte)(index >> 16), (byte)(index >> 8), (byte)index], 7946);

    public static int IndexOf(NodeAddress address)
    {
        Span<byte> ip = stackalloc byte[NodeAddress.MaxLength];
        address.CopyTo(ip);
        return (ip[1] << 16) | (ip[2] << 8) | ip[3];
    }

    /// <summary>What its clock says at this time.</summary>
    public long LocalTime(long time) => time + ClockOffset + (time / Million * SkewPartsPerMillion) + (time % Million * SkewPartsPerMillion / Million);

    /// <summary>The first time at which its clock says at least this.</summary>
    public long TimeOf(long local)
    {
        var time = (long)((double)(local - ClockOffset) / (Million + SkewPartsPerMillion) * Million);
        while (LocalTime(time) < local)
            time++;
        return time;
    }
}
