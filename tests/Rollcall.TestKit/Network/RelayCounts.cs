namespace Rollcall.TestKit.Network;

/// <summary>What a <see cref="PacketRelay"/> did.</summary>
/// <param name="Passed">Packets that went on, each once.</param>
/// <param name="Overtaken">Of those, how many went after one that had come later.</param>
/// <param name="Duplicated">How many went twice.</param>
public sealed record RelayCounts(long Passed, long Overtaken, long Duplicated);
