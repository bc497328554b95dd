using Rollcall.Api;
using Rollcall.Balancing;
using Rollcall.Health;
using Rollcall.Watching;

namespace Rollcall.Http;

/// <summary>
/// Explains where this process would send a request to a service, with all that it has learned of the endpoints: the age of the snapshot, what each filter took away and
/// why, who is avoided, scores, and who would be next. From the container, once <c>AddRollcall()</c> was called. Thread-safe; off the request path.
/// </summary>
/// <example><code>
/// app.MapGet("/explain/{service}", (string service, string? key, ServiceExplainer explainer, CancellationToken end) => explainer.ExplainAsync(service, key, cancellationToken: end));
/// </code></example>
public sealed class ServiceExplainer
{
    private readonly ServiceRouter _router;
    private readonly ServiceResolver _resolver;
    private readonly HealthMonitor _health;
    private readonly PickExplainer _picks;
    private readonly Func<string, RollcallClientOptions> _clients;

    internal ServiceExplainer(ServiceRouter router, ServiceResolver resolver, HealthMonitor health, PickExplainer picks, Func<string, RollcallClientOptions> clients)
    {
        _router = router;
        _resolver = resolver;
        _health = health;
        _picks = picks;
        _clients = clients;
    }

    /// <summary>Explains a pick. Asks the source once when nobody in this process watches the target.</summary>
    /// <param name="service">
    /// What a request would name, such as <c>orders</c>, <c>https+http://orders</c> or <c>http://_admin.orders</c>; else a target, such as <c>rollcall:///orders</c>.
    /// </param>
    /// <param name="key">What the request has affinity to; null for nothing.</param>
    /// <param name="client">The name of the client whose options count; null for those of all clients.</param>
    /// <param name="cancellationToken">Ends the question to the source.</param>
    /// <exception cref="ArgumentException">It is neither a service's name nor a target.</exception>
    /// <exception cref="DiscoveryException">No snapshot could be had; the message says why.</exception>
    public async Task<ExplanationDocument> ExplainAsync(string service, string? key = null, string? client = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(service);
        var (target, ports) = Find(service);
        var set = await _resolver.ResolveAsync(target, cancellationToken).ConfigureAwait(false);
        return _picks.Explain(
            set, _health.Of(target), BalancingSettings.Of(_clients(client ?? "")), key, ports is null ? null : endpoint => ports.Authority(endpoint) is null ? WithoutPort(endpoint) : null);
    }

    private (ServiceTarget Target, PortRule? Ports) Find(string text)
    {
        var uri = Uri.TryCreate(text, UriKind.Absolute, out var absolute) && absolute.IsDefaultPort ? absolute : null;
        var scheme = RequestScheme.Find(uri?.Scheme ?? "http");
        if (scheme is not null)
        {
            var host = HostName.Parse(uri?.Host ?? text);
            if (_router.Names.Find(host.Service) is { } named)
                return (named, new PortRule(scheme, host.Port));
        }

        return (ServiceTarget.Parse(text), null);
    }

    private static string WithoutPort(Endpoint endpoint) => $"none of its ports is the one to send to; there are: {string.Join(", ", endpoint.Ports.Keys)}";
}
