namespace Rollcall.Gossip.Messages;

/// <summary>How an exchange of state begins: so many nodes follow, then so many bytes of the application.</summary>
internal readonly struct PushPullHeader(int nodes, int userStateLength, bool join)
{
    public int Nodes { get; } = nodes;

    public int UserStateLength { get; } = userStateLength;

    public bool Join { get; } = join;
}
