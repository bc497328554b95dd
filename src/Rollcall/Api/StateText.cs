namespace Rollcall.Api;

/// <summary>States as the API spells them.</summary>
public static class StateText
{
    /// <summary>The spelling of <paramref name="state"/>: <c>ready</c>, <c>not-ready</c>, <c>draining</c>, <c>unknown</c>.</summary>
    public static string Format(EndpointState state) => state switch
    {
        EndpointState.Ready => "ready",
        EndpointState.NotReady => "not-ready",
        EndpointState.Draining => "draining",
        _ => "unknown",
    };

    /// <summary>Reads a spelling; anything not known is <see cref="EndpointState.Unknown"/>.</summary>
    public static EndpointState Parse(string? text) => text switch
    {
        "ready" => EndpointState.Ready,
        "not-ready" => EndpointState.NotReady,
        "draining" => EndpointState.Draining,
        _ => EndpointState.Unknown,
    };
}
