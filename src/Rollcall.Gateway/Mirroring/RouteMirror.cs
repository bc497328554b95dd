using Rollcall.Gateway.Configuration;
using Rollcall.Http;

namespace Rollcall.Gateway.Mirroring;

/// <summary>Where copies go.</summary>
/// <param name="Invoker">Sends them.</param>
/// <param name="Version">The version of HTTP.</param>
/// <param name="VersionPolicy">How the version is meant.</param>
internal sealed record MirrorTarget(HttpMessageInvoker Invoker, Version Version, HttpVersionPolicy VersionPolicy);

/// <summary>
/// Sends copies of a route's requests elsewhere and throws the answers away. Nothing that becomes of a copy is seen by whoever sent the request. Copies under way when the route is
/// given up end with it.
/// </summary>
internal sealed class RouteMirror(MirrorConfig config, MirrorTarget target, TimeSpan maxTime, MirrorCounts counts, TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _ended = new();

    // Up to which of 2^64 a random number draws a request.
    private readonly ulong _bound = (ulong)(config.Percent / 100 * (1UL << 53)) << 11;
    private int _underWay;

    /// <summary>Copies under way.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    /// <summary>Whether a request is one of the share that is copied.</summary>
    /// <param name="random">64 random bits.</param>
    public bool Draws(ulong random) => config.Percent >= 100 || random < _bound;

    /// <summary>Copies a request that has not been sent yet; null when that cannot be. A copy must be sent.</summary>
    public async ValueTask<HttpRequestMessage?> CopyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!MirroredRequest.CanCopy(request, config.MaxBodyBytes))
        {
            counts.Skip();
            return null;
        }

        if (Interlocked.Increment(ref _underWay) > config.MaxConcurrent || _ended.IsCancellationRequested)
        {
            Interlocked.Decrement(ref _underWay);
            counts.Drop();
            return null;
        }

        try
        {
            var copy = await MirroredRequest.CopyAsync(request, cancellationToken);
            (copy.Version, copy.VersionPolicy) = (target.Version, target.VersionPolicy);
            copy.Options.Set(RollcallRequest.Once, value: true);
            return copy;
        }
        catch
        {
            // The client has given up in the middle of the body, which its request will tell.
            Interlocked.Decrement(ref _underWay);
            throw;
        }
    }

    /// <summary>Begins to send a copy. Whoever calls waits for nothing; what is under way is this object's, and ends with it.</summary>
    public void Send(HttpRequestMessage copy)
    {
        counts.Send();
        _ = SendAsync(copy);
    }

    /// <summary>Ends what is under way.</summary>
    public void Dispose()
    {
        // Not disposed of: copies that are about to end still look at it.
        if (!_ended.IsCancellationRequested)
            _ended.Cancel();
    }

    // Never fails: a copy that does is counted.
    private async Task SendAsync(HttpRequestMessage copy)
    {
        await Task.Yield();
        try
        {
            using (copy)
            using (var late = new CancellationTokenSource(maxTime, time))
            using (var end = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _ended.Token))
            using (var answer = await target.Invoker.SendAsync(copy, end.Token))
            {
                await answer.Content.CopyToAsync(Stream.Null, end.Token);
                if ((int)answer.StatusCode >= 500)
                    counts.Fail();
            }
        }
        catch (Exception)
        {
            counts.Fail();
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }
}
