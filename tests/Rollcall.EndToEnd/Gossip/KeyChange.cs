namespace Rollcall.EndToEnd.Gossip;

/// <summary>What can be done to the keys of a cluster.</summary>
internal enum KeyChange
{
    List,
    Add,
    Use,
    Remove,
}
