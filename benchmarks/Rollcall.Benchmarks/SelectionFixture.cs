using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Balancing;
using Rollcall.Health;

namespace Rollcall.Benchmarks;

/// <summary>Endpoints in three zones, the filters that an application may switch on, and what a process has learned of them.</summary>
internal sealed class SelectionFixture
{
    // The own zone has a fifth of the endpoints, which is less than it needs to keep its traffic.
    private static readonly string[] Zones = ["a", "b", "b", "c", "c"];
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Endpoint[] _endpoints;
    private readonly DateTimeOffset _now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly ServiceTarget _target = ServiceTarget.Parse("rollcall:///orders");
    private readonly ServiceHealth _health;
    private readonly Balancers _balancers = new(new Random(1));
    private readonly FilterChain _filters = FilterChain.Of(new BalancingSettings { PreferredZone = "a", SlowStart = new(Window, 0.1, 1) });
    private readonly SelectionUse<Item> _use = new(static endpoint => new Item(endpoint), static _ => "none");

    public SelectionFixture(int count)
    {
        _endpoints = [.. Enumerable.Range(0, count).Select(static i => new Endpoint($"orders-{i:00000}", "10.0.0.1", 8080) { Zone = Zones[i % Zones.Length] })];

        // For longer than a benchmark: its way back would be the way of one request in many millions.
        var options = new HealthOptions { EjectionTime = TimeSpan.FromDays(1), MaxEjectionTime = TimeSpan.FromDays(1) };
        _health = new ServiceHealth(
            _target, new HealthContext(HealthSettings.Default with { Options = options }, TimeProvider.System, new HealthMetrics(null), NullLogger.Instance), new Random(1));
    }

    /// <summary>Everybody is ready, the last but one not at all times and not for long.</summary>
    public EndpointSet Set(long revision, bool isReady)
    {
        var changing = _endpoints.Length - 2;
        var endpoints = _endpoints.ToArray();
        endpoints[changing] = isReady
            ? endpoints[changing] with { Since = _now - (Window / 2) }
            : endpoints[changing] with { State = EndpointState.NotReady, Since = _now };
        return new EndpointSet(_target, endpoints, revision, _now);
    }

    /// <summary>The same snapshot in other objects, as from a source that sends the whole set with each change.</summary>
    public static EndpointSet ReadAnew(EndpointSet set) => new(
        set.Target,
        set.Endpoints.Select(static endpoint => new Endpoint(new string(endpoint.Id), new string(endpoint.Host), 8080)
        {
            State = endpoint.State,
            Since = endpoint.Since,
            Zone = new string(endpoint.Zone),
        }),
        set.Revision,
        set.ObservedAt);

    /// <summary>Requests in flight nearly everywhere, answers that took a millisecond or a little more, and one endpoint ejected.</summary>
    public void Load(EndpointSet set)
    {
        var endpoints = _health.Read(set);
        for (var i = 0; i < endpoints.Length; i++)
        {
            for (var j = 0; j < i * 7 % 5; j++)
                endpoints[i].Begin();
            _health.Report(endpoints[i], new RequestOutcome(OutcomeKind.Success, TimeSpan.FromMicroseconds(1_000 + (i * 37 % 1_000))));
        }

        for (var i = 0; i < 10; i++)
            _health.Report(endpoints[^1], new RequestOutcome(OutcomeKind.Error, TimeSpan.FromMilliseconds(1)));
        if (!ServiceHealth.IsAvoided(endpoints[^1]))
            throw new InvalidOperationException("Nobody was ejected.");
    }

    public Selection<Item> Build(string policy, EndpointSet set, Selection<Item>? before) =>
        Selection<Item>.Build(set, _use, _filters, new FilterContext(_health, _now), _balancers.Get(policy), before);

    /// <summary>What a consumer keeps of an endpoint.</summary>
    internal sealed class Item(BalancedEndpoint endpoint) : ISelectable
    {
        public BalancedEndpoint Endpoint => endpoint;

        public int Number => endpoint.Endpoint.Weight;
    }
}
