namespace Rollcall.Gossip.Serf;

/// <summary>What a member may be asked to do with the keys.</summary>
internal enum KeyOperation : byte
{
    None = 0,
    List,
    Add,
    Use,
    Remove,
}
