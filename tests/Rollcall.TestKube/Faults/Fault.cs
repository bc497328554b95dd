namespace Rollcall.TestKube.Faults;

/// <summary>What goes wrong.</summary>
public enum FaultKind
{
    /// <summary>429 with Retry-After, as priority and fairness answers.</summary>
    TooManyRequests,

    /// <summary>500 with a Status.</summary>
    InternalError,

    /// <summary>401, as for a token that expired a moment ago.</summary>
    Unauthorized,

    /// <summary>A watch is told 410 by an ERROR event; anything else by its status code.</summary>
    Gone,

    /// <summary>410 by the status code, for a watch as well.</summary>
    GoneStatus,

    /// <summary>The answer comes <see cref="Fault.Delay"/> later.</summary>
    Slow,

    /// <summary>200 and something that is no JSON.</summary>
    Garbage,

    /// <summary>200 and a document that never ends.</summary>
    EndlessBody,

    /// <summary>The connection (HTTP/1.1) or stream (HTTP/2) is reset.</summary>
    Reset,

    /// <summary>A watch that is agreed to and told at once, by an ERROR event, that the server cannot go on; for anything else as <see cref="InternalError"/>.</summary>
    ErrorEvent,

    /// <summary>200 and nothing.</summary>
    EndsAtOnce,
}

/// <summary>Something to go wrong with requests to come.</summary>
/// <param name="Kind">What.</param>
public sealed record Fault(FaultKind Kind)
{
    /// <summary>How many requests it meets. Default: all, until <see cref="FaultInjector.Clear"/>.</summary>
    public int Times { get; init; } = int.MaxValue;

    /// <summary>Only requests of this verb, such as <c>watch</c>; null for all.</summary>
    public string? Verb { get; init; }

    /// <summary>Only requests for this resource, such as <c>endpointslices</c>; null for all.</summary>
    public string? Resource { get; init; }

    /// <summary>Only requests for this namespace; null for all.</summary>
    public string? Namespace { get; init; }

    /// <summary>What a 429 says, in whole seconds as the header has it. Default: 1 s.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Of a slow answer. Default: 1 s.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What a slow answer waits for in place of <see cref="Delay"/>.</summary>
    public Task? Until { get; init; }
}
