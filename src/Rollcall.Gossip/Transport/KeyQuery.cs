using Rollcall.Gossip.Serf;

namespace Rollcall.Gossip.Transport;

/// <summary>A question about keys that this node has asked all others, and that an application waits for.</summary>
internal sealed class KeyQuery(OwnQuery query, KeyOperation operation, GossipKey? key)
{
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>For the loop alone.</summary>
    public OwnQuery Query => query;

    public KeyOperation Operation => operation;

    public GossipKey? Key => key;

    public void Complete() => _answered.TrySetResult();

    /// <summary>Whether all have answered within a share of the time that the query is open.</summary>
    public async Task<bool> WaitAsync(double share, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await _answered.Task.WaitAsync(query.Timeout * share, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
