using System.Collections.Immutable;
using Rollcall.Sources.Text;

namespace Rollcall.Gateway.Configuration;

/// <summary>Which requests go where, and what is done with them on the way.</summary>
internal sealed record GatewayRouteConfig
{
    public required string Name { get; init; }

    /// <summary>The file's own text of it and of its clusters, without places: two of the same text are the same.</summary>
    public required string Fingerprint { get; init; }

    public required RouteMatchConfig Match { get; init; }

    /// <summary>Routes of a lower number come first; among equals the more specific path does.</summary>
    public int? Order { get; init; }

    /// <summary>Where requests go, never empty. One has 100 percent; several share what there is.</summary>
    public required ImmutableArray<SplitConfig> Splits { get; init; }

    /// <summary>By what a request always gets the same split; null for by chance.</summary>
    public RequestKeyConfig? StickyBy { get; init; }

    /// <summary>By what a request always gets the same endpoint; null for by chance.</summary>
    public AffinityConfig? Affinity { get; init; }

    public ImmutableArray<RateLimitConfig> RateLimits { get; init; } = [];

    /// <summary>Requests of this route under way at most; null for no limit.</summary>
    public int? MaxConcurrent { get; init; }

    /// <summary>Where copies of its requests go; null for nowhere.</summary>
    public MirrorConfig? Mirror { get; init; }

    /// <summary>How long a request may take from its head to the end of its answer; null for no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long nothing may move, in either direction.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>The longest body of a request; null for the server's own, -1 for no limit.</summary>
    public long? MaxBodyBytes { get; init; }

    /// <summary>As YARP has them: each a map of names to values.</summary>
    public ImmutableArray<ImmutableSortedDictionary<string, string>> Transforms { get; init; } = [];

    /// <summary>Where it stands in the file.</summary>
    public required DataNode Place { get; init; }

    /// <summary>Where its transforms stand in the file.</summary>
    public required DataNode TransformsPlace { get; init; }
}

/// <summary>Which requests a route takes.</summary>
internal sealed record RouteMatchConfig
{
    public ImmutableArray<string> Hosts { get; init; } = [];

    public string? Path { get; init; }

    public ImmutableArray<string> Methods { get; init; } = [];

    public ImmutableArray<FieldMatchConfig> Headers { get; init; } = [];

    public ImmutableArray<FieldMatchConfig> Query { get; init; } = [];
}

/// <summary>What a header or a parameter of the query must be.</summary>
internal sealed record FieldMatchConfig(string Name, FieldMatch Match, ImmutableArray<string> Values);

internal enum FieldMatch
{
    Exact,
    Prefix,
    Contains,
    NotContains,
    Exists,
    NotExists,
}

/// <summary>A part of a route's requests.</summary>
/// <param name="Version">Its name in statistics and in <c>rollcall gateway shift</c>.</param>
/// <param name="Cluster">The name of its cluster.</param>
/// <param name="Weight">Its share, relative to the others'.</param>
internal sealed record SplitConfig(string Version, string Cluster, double Weight);

/// <summary>What of a request tells it from others.</summary>
/// <param name="Kind">Where it is found.</param>
/// <param name="Name">Of the header, cookie, parameter or claim; empty for the client's address.</param>
internal sealed record RequestKeyConfig(RequestKeyKind Kind, string Name)
{
    /// <summary>As the file has it.</summary>
    public override string ToString() => Kind switch
    {
        RequestKeyKind.Client => "client",
        RequestKeyKind.Header => $"header:{Name}",
        RequestKeyKind.Cookie => $"cookie:{Name}",
        RequestKeyKind.Query => $"query:{Name}",
        _ => $"claim:{Name}",
    };
}

internal enum RequestKeyKind
{
    Client,
    Header,
    Cookie,
    Query,

    /// <summary>Of the JSON web token in <c>Authorization</c>, which is not verified.</summary>
    Claim,
}

/// <summary>Affinity of requests to an endpoint: one of both.</summary>
/// <param name="Key">By what the cluster's policy chooses; null for nothing.</param>
/// <param name="Cookie">The cookie that the gateway gives to each client; null for none.</param>
internal sealed record AffinityConfig(RequestKeyConfig? Key, SessionCookieConfig? Cookie);

/// <summary>A cookie of the gateway's own.</summary>
/// <param name="Name">Its name.</param>
/// <param name="MaxAge">How long a client keeps it; null for until the client is closed.</param>
internal sealed record SessionCookieConfig(string Name, TimeSpan? MaxAge);

/// <summary>How many requests are let through.</summary>
/// <param name="Requests">In each period.</param>
/// <param name="Per">The period.</param>
/// <param name="Burst">At once, after a time of none.</param>
/// <param name="By">Counted apart for each; null for the route as a whole.</param>
internal sealed record RateLimitConfig(int Requests, TimeSpan Per, int Burst, RequestKeyConfig? By);

/// <summary>Where copies of requests go, whose answers nobody sees.</summary>
/// <param name="Cluster">The name of the cluster that gets them.</param>
/// <param name="Percent">Which share of the requests is copied.</param>
/// <param name="MaxBodyBytes">The longest body of a request that is copied.</param>
/// <param name="MaxConcurrent">Copies under way at most.</param>
internal sealed record MirrorConfig(string Cluster, double Percent, int MaxBodyBytes, int MaxConcurrent);
