namespace Rollcall.TestKit.Network;

/// <summary>What a <see cref="PacketRelay"/> does to packets.</summary>
/// <param name="Delay">How long each is held up at least.</param>
/// <param name="Jitter">Up to so much longer, at random: who comes later may go first.</param>
/// <param name="Duplicated">The share that is sent twice.</param>
public sealed record RelayFaults(TimeSpan Delay, TimeSpan Jitter = default, double Duplicated = 0);
