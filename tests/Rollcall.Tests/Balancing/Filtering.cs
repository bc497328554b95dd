using System.Collections.Immutable;
using Rollcall.Balancing;
using Rollcall.Health;
using Rollcall.TestKit;
using Rollcall.Tests.Health;

namespace Rollcall.Tests.Balancing;

/// <summary>Runs filters as a selection does, and records what an explanation would hear.</summary>
internal sealed class Filtering : IFilterListener
{
    public static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch + TimeSpan.FromDays(1);

    public ServiceHealth Health { get; } = TestHealth.Of(new VirtualTime());

    public List<string> Excluded { get; } = [];

    public List<string> Notes { get; } = [];

    public FilterContext? Last { get; private set; }

    public ImmutableArray<BalancedEndpoint> Read(params Endpoint[] endpoints) => Health.Read(new EndpointSet(Make.Target, endpoints, 1, Now));

    public ImmutableArray<BalancedEndpoint> Apply(IEndpointFilter filter, ImmutableArray<BalancedEndpoint> endpoints, bool listen = true)
    {
        Last = new FilterContext(Health, Now) { Listener = listen ? this : null };
        var left = filter.Apply(endpoints, Last);
        AssertOrder(endpoints, left);
        return left;
    }

    public ImmutableArray<BalancedEndpoint> Apply(BalancingSettings settings, ImmutableArray<BalancedEndpoint> endpoints)
    {
        Last = new FilterContext(Health, Now) { Listener = this };
        return FilterChain.Of(settings).Apply(endpoints, Last);
    }

    public static string Text(IEnumerable<BalancedEndpoint> endpoints) =>
        string.Join(' ', endpoints.Select(static endpoint => $"{endpoint.Endpoint.Id}:{endpoint.Weight}"));

    void IFilterListener.Excluded(IEndpointFilter filter, BalancedEndpoint endpoint, string reason) => Excluded.Add($"{filter.Name} {endpoint.Endpoint.Id}: {reason}");

    void IFilterListener.Applied(IEndpointFilter filter, int before, int after)
    {
    }

    void IFilterListener.Noted(IEndpointFilter filter, string note) => Notes.Add($"{filter.Name}: {note}");

    // The law of every filter: the same endpoints or fewer, in the same order.
    private static void AssertOrder(ImmutableArray<BalancedEndpoint> before, ImmutableArray<BalancedEndpoint> after)
    {
        var at = 0;
        foreach (var endpoint in after)
        {
            while (at < before.Length && !ReferenceEquals(before[at].Load, endpoint.Load))
                at++;
            Assert.True(at++ < before.Length, $"{endpoint.Endpoint.Id} is out of order or was not there.");
        }
    }
}
