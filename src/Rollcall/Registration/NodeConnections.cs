using Rollcall.Api;

namespace Rollcall.Registration;

/// <summary>Carries the protocol's actions to the node it has chosen, and the answers back.</summary>
internal sealed class NodeConnections(IReadOnlyList<Uri> urls, string? owner, TimeProvider time, RegistrationMetrics metrics) : IDisposable
{
    // Who drains itself is about to leave, whoever stays.
    private const string Stopping = "it is stopping";

    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromSeconds(5);

    private readonly HttpClient?[] _clients = new HttpClient?[urls.Count];

    /// <exception cref="NodeException">The node refused, failed or could not be reached.</exception>
    public async Task PerformAsync(
        RegistrationAction action, RegistrationProtocol protocol, TimeSpan shortestTtl, Func<TimeSpan> now, CancellationToken cancellationToken)
    {
        var client = Client(protocol.Node, shortestTtl);
        var start = time.GetTimestamp();
        var outcome = "failed";
        try
        {
            switch (action)
            {
                case RegistrationAction.Register a:
                    protocol.Attempting(a);
                    protocol.Registered(a, await client.RegisterAsync(a.Service, a.Id, a.Document, owner, cancellationToken), now());
                    break;
                case RegistrationAction.Renew a:
                    protocol.Renewed(a, await client.RenewAsync(a.Leases, owner, cancellationToken), now());
                    break;
                case RegistrationAction.SetStatus a:
                    await client.SetStatusAsync(a.Service, a.Id, a.State, a.Reason, owner, cancellationToken);
                    protocol.StatusSet(a, now());
                    break;
                case RegistrationAction.Drain a:
                    protocol.Drained(a, await client.DrainAsync(a.Service, a.Id, a.For, owner, Stopping, cancellationToken), now());
                    break;
                case RegistrationAction.Deregister a:
                    await client.DeregisterAsync(a.Service, a.Id, owner, cancellationToken);
                    protocol.Deregistered(a, now());
                    break;
            }

            outcome = "ok";
        }
        catch (NodeException error)
        {
            outcome = error.IsUnreachable ? "unreachable" : "refused";
            throw;
        }
        finally
        {
            metrics.Requested(action, outcome, time.GetElapsedTime(start));
        }
    }

    public void Dispose()
    {
        foreach (var client in _clients)
            client?.Dispose();
    }

    // A frozen node must leave time to try another, or the same again, before the lease lapses.
    private NodeClient Client(int index, TimeSpan shortestTtl)
    {
        var timeout = shortestTtl / 4;
        timeout = timeout < ShortestTimeout ? ShortestTimeout : timeout > LongestTimeout ? LongestTimeout : timeout;
        return new NodeClient(_clients[index] ??= NodeClient.CreateHttpClient(urls[index]), time, timeout);
    }
}
