using System.Collections.Concurrent;

namespace Rollcall.Etcd.Members;

/// <summary>
/// The token of each cluster, shared by its watches: logging in costs the server a slow hash on purpose, so one does it for all. Thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class EtcdTokens(TimeProvider time)
{
    /// <summary>How long it is remembered that a cluster wants no login. One that refuses because of it is logged in to at once.</summary>
    public static readonly TimeSpan NeedlessFor = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Cluster> _clusters = new(StringComparer.Ordinal);

    /// <summary>The token to ask with; null where none is needed. Of several callers one logs in, the others wait for what comes of it.</summary>
    /// <param name="cluster">Names the cluster.</param>
    /// <param name="login">Logs in; null when the cluster wants no login.</param>
    /// <param name="cancellationToken">Ends the wait; the others go on.</param>
    /// <exception cref="DiscoveryException">It failed, for this caller or for the one that was waited for.</exception>
    public async Task<string?> GetAsync(string cluster, Func<CancellationToken, Task<string?>> login, CancellationToken cancellationToken)
    {
        var state = _clusters.GetOrAdd(cluster, static _ => new Cluster());
        if (state.Known is { } known && IsGood(known))
            return known.Token;
        var failureBefore = state.Failure;
        await state.Gate.WaitAsync(cancellationToken);
        try
        {
            if (state.Known is { } found && IsGood(found))
                return found.Token;
            // Whoever failed meanwhile has tried for this one, too.
            if (state.Failure is { } failure && !ReferenceEquals(failure, failureBefore))
                throw new DiscoveryException(failure.Message, failure);
            return await LoginAsync(state, login, cancellationToken);
        }
        finally
        {
            state.Gate.Release();
        }
    }

    /// <summary>The token, or to have none, was refused; unless somebody has replaced it already, it is forgotten.</summary>
    public void Drop(string cluster, string? token)
    {
        if (_clusters.TryGetValue(cluster, out var state) && state.Known is { } known && string.Equals(known.Token, token, StringComparison.Ordinal))
            Interlocked.CompareExchange(ref state.Known, null, known);
    }

    private async Task<string?> LoginAsync(Cluster state, Func<CancellationToken, Task<string?>> login, CancellationToken cancellationToken)
    {
        try
        {
            var token = await login(cancellationToken);
            (state.Known, state.Failure) = (new Login(token, time.GetTimestamp()), null);
            return token;
        }
        catch (DiscoveryException error)
        {
            state.Failure = error;
            throw;
        }
    }

    private bool IsGood(Login login) => login.Token is not null || time.GetElapsedTime(login.At) < NeedlessFor;

    private sealed record Login(string? Token, long At);

    private sealed class Cluster
    {
        public volatile Login? Known;
        public volatile DiscoveryException? Failure;

        public SemaphoreSlim Gate { get; } = new(1, 1);
    }
}
