using System.Collections.Immutable;
using Rollcall.Sources.Text;

namespace Rollcall.Gateway.Configuration;

/// <summary>Reads what keeps requests at an endpoint: a key, as <c>affinity: header:x-user</c>, or a cookie of the gateway's own, as <c>affinity: { cookie: session }</c>.</summary>
internal static class AffinityReader
{
    private static readonly TimeSpan MinAge = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(400);

    public static AffinityConfig? Read(Section route, ImmutableArray<SplitConfig> splits, ClusterReader clusters)
    {
        if (route.Node("affinity") is MapNode)
            return ReadCookie(route.Part("affinity", "cookie", "maxAge")!);
        if (RequestKeyReader.Read(route, "affinity") is not { } key)
            return null;
        foreach (var split in splits)
        {
            if (clusters.BalancerThatHeedsNoKey(split.Cluster) is { } balancer)
            {
                route.Fail(
                    "affinity",
                    $"'affinity' by a key needs a policy that keeps keys where they are, and cluster '{split.Cluster}' has {balancer}; give it balancer: ring-hash or maglev, or let the gateway "
                    + "give each client a cookie: affinity: { cookie: NAME }");
                break;
            }
        }

        return new(key, Cookie: null);
    }

    private static AffinityConfig? ReadCookie(Section part)
    {
        var maxAge = part.Duration("maxAge", MinAge, MaxAge);
        if (part.Text("cookie") is { } name && HttpNames.IsToken(name))
            return new(Key: null, new(name, maxAge));
        part.Fail("cookie", "'cookie' must be the name of a cookie that the gateway gives to each client");
        return null;
    }
}
