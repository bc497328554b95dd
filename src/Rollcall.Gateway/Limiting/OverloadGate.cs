using Rollcall.Gateway.Configuration;

namespace Rollcall.Gateway.Limiting;

/// <summary>How many requests a gateway takes on at once; a few more wait a little while for their turn, in the order in which they came, the rest are refused at once.</summary>
internal sealed class OverloadGate(OverloadConfig config, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _places = new(config.MaxConcurrent);
    private int _waiting;
    private long _refused;

    public OverloadConfig Config => config;

    public int UnderWay => config.MaxConcurrent - _places.CurrentCount;

    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>How many were refused.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>False when there are too many. Pair a true one with <see cref="Leave"/>.</summary>
    public ValueTask<bool> EnterAsync(CancellationToken cancellationToken)
    {
        // Those who wait come first.
        if ((config.MaxQueued == 0 || Waiting == 0) && _places.Wait(0, CancellationToken.None))
            return new(true);
        if (Interlocked.Increment(ref _waiting) <= config.MaxQueued)
            return WaitAsync(cancellationToken);
        Interlocked.Decrement(ref _waiting);
        Interlocked.Increment(ref _refused);
        return new(false);
    }

    public void Leave() => _places.Release();

    /// <summary>Only when nobody is inside any more.</summary>
    public void Dispose() => _places.Dispose();

    private async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
    {
        using var enough = new CancellationTokenSource(config.MaxWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, cancellationToken);
        try
        {
            await _places.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Interlocked.Increment(ref _refused);
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
