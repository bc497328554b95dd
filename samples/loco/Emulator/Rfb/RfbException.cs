namespace Loco.Emulator.Rfb;

/// <summary>A viewer said what the protocol does not allow, or more than there is room for.</summary>
internal sealed class RfbException(string what) : Exception($"The viewer sent {what}.");
