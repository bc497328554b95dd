namespace Rollcall.Gossip.Transport;

/// <summary>One absolute end for all a stream does, and for the node's.</summary>
internal sealed class StreamDeadline : IDisposable
{
    private readonly CancellationTokenSource _timeout;
    private readonly CancellationTokenSource _either;

    public StreamDeadline(TimeSpan timeout, TimeProvider time, CancellationToken stopping)
    {
        _timeout = new(timeout, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_timeout.Token, stopping);
    }

    public CancellationToken Token => _either.Token;

    public void Dispose()
    {
        _either.Dispose();
        _timeout.Dispose();
    }
}
