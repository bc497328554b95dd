namespace Rollcall.Gossip.Wire;

internal enum StreamStatus
{
    NeedsMore,
    Complete,
    Refused,
}
