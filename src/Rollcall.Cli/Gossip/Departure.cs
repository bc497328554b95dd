using Rollcall.Gossip;

namespace Rollcall.Cli.Gossip;

/// <summary>The node leaves once, whoever asks for it and how often.</summary>
internal sealed class Departure(GossipNode node)
{
    private readonly Lock _asking = new();
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<bool>? _leaving;

    /// <summary>Ends when somebody has asked the node to leave and has been answered.</summary>
    public Task Over => _over.Task;

    /// <summary>Whether all were told in time.</summary>
    public Task<bool> LeaveAsync()
    {
        lock (_asking)
            return _leaving ??= node.LeaveAsync(CancellationToken.None);
    }

    /// <summary>Whoever asked knows how it went; the process may end.</summary>
    public void End() => _over.TrySetResult();
}
