namespace Rollcall.Gossip.Wire;

internal enum LzwResult
{
    Done,
    Malformed,
    TooLarge,
}
