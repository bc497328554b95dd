using System.Collections.Immutable;

namespace Rollcall.Tests.Balancing;

internal static class Make
{
    public static readonly ServiceTarget Target = ServiceTarget.Parse("static:///orders");

    public static BalancedEndpoint[] Weighted(params int[] weights) =>
        [.. weights.Select(static (weight, i) => new BalancedEndpoint(new Endpoint($"e-{i:00000}", "10.0.0.1", 8080) { Weight = weight }))];

    public static EndpointSet Set(long revision, params Endpoint[] endpoints) =>
        new(Target, endpoints, revision, DateTimeOffset.UnixEpoch);

    public static Endpoint Endpoint(string id, EndpointState state = EndpointState.Ready, int weight = 100) =>
        new(id, "10.0.0.1", 8080) { State = state, Weight = weight };

    public static ImmutableArray<BalancedEndpoint> Balanced(params Endpoint[] endpoints) =>
        [.. endpoints.Select(static endpoint => new BalancedEndpoint(endpoint))];

    public static int[] Picks(IEndpointPicker picker, int count)
    {
        var picks = new int[count];
        for (var i = 0; i < count; i++)
            picks[i] = picker.Pick(PickContext.None);
        return picks;
    }

    public static int[] Counts(IEnumerable<int> picks, int candidates)
    {
        var counts = new int[candidates];
        foreach (var pick in picks)
            counts[pick]++;
        return counts;
    }
}
