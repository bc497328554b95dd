using Rollcall.Gateway.Mirroring;
using Rollcall.Gateway.Requests;
using Rollcall.Http;

namespace Rollcall.Gateway.Forwarding;

/// <summary>One request on its way to an endpoint: what YARP sends it with, and where to read what became of it.</summary>
internal sealed class Exchange(ClusterClient cluster, TimeProvider time) : HttpMessageInvoker(cluster.Transport.Handler, disposeHandler: false)
{
    private readonly RequestTrace _trace = new();

    /// <summary>What the choice of the endpoint goes by; null for none.</summary>
    public string? Key { get; init; }

    /// <summary>Keeps the client at one endpoint; null where nothing does.</summary>
    public Session? Session { get; init; }

    /// <summary>Sends a copy elsewhere; null when there is to be none.</summary>
    public RouteMirror? Mirror { get; init; }

    /// <summary>The version of the route that was chosen.</summary>
    public required string Version { get; init; }

    /// <summary>A header that the gateway has answered with already; null for none.</summary>
    public string? Answered { get; init; }

    /// <summary>When the head of the answer came, as a timestamp; 0 when none has come.</summary>
    public long AnsweredAt { get; private set; }

    /// <summary>The endpoint that gave the answer, else the one tried last.</summary>
    public Endpoint? Endpoint => _trace.Endpoint;

    public int Tries => _trace.Tries;

    /// <summary>The tries that failed, the one that gave the answer included when it did.</summary>
    public ReadOnlySpan<FailedTry> Failed => _trace.Failed;

    public override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var copy = Mirror is null ? null : await Mirror.CopyAsync(request, cancellationToken);
        request.Options.Set(RollcallRequest.Trace, _trace);
        if (Key is not null)
            request.Options.Set(RollcallRequest.Key, Key);
        Session?.Ask(request);
        var sending = cluster.Invoker.SendAsync(request, cancellationToken);
        if (copy is not null)
            Mirror!.Send(copy);
        var response = await sending;
        AnsweredAt = time.GetTimestamp();
        Session?.Answer(Version, _trace, response);

        // YARP would put the endpoint's behind ours.
        if (Answered is not null)
            response.Headers.Remove(Answered);
        return response;
    }
}
