namespace Rollcall.Node.Watching;

/// <summary>Marks a request whose length is what its client asked for: it says nothing about how fast the node is.</summary>
internal sealed class WaitedOnPurpose
{
    /// <summary>The mark.</summary>
    public static readonly WaitedOnPurpose Mark = new();

    private WaitedOnPurpose()
    {
    }
}
