using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Rollcall.Health;

/// <summary>Probes by TCP and HTTP. Follows no redirect, keeps no connection, reads no body.</summary>
internal sealed class EndpointProbe(TimeProvider time) : IEndpointProbe, IDisposable
{
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        MaxResponseHeadersLength = 16,
        MaxResponseDrainSize = 0,
        PooledConnectionLifetime = TimeSpan.Zero,
    });

    public void Dispose() => _http.Dispose();

    public async Task<ProbeResult> ProbeAsync(Endpoint endpoint, ProbeOptions options, CancellationToken cancellationToken)
    {
        if (PortOf(endpoint, options) is not { } port)
            return new(AvoidReason.FailedProbe, options.Port is null ? "it has no port to probe" : $"it has no port '{options.Port}' to probe");
        using var timeout = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return options.Kind == ProbeKinds.Http
                ? await GetAsync(endpoint.Host, port, options.Path, either.Token).ConfigureAwait(false)
                : await ConnectAsync(endpoint.Host, port.Value, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var isSilent = options.Kind == ProbeKinds.Http;
            return new(isSilent ? AvoidReason.Silent : AvoidReason.Unreachable, $"a probe was not answered within {DurationText.Format(options.Timeout)}");
        }
        catch (HttpRequestException error)
        {
            return new(error.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError ? AvoidReason.Unreachable : AvoidReason.FailedProbe, error.Message);
        }
        catch (SocketException error)
        {
            return new(AvoidReason.Unreachable, error.Message);
        }
    }

    private static KeyValuePair<string, int>? PortOf(Endpoint endpoint, ProbeOptions options)
    {
        foreach (var name in options.Port is { } named ? [named] : (ReadOnlySpan<string>)["http", "https"])
        {
            if (endpoint.Ports.TryGetValue(name, out var port))
                return new(name, port);
        }

        return options.Port is null && endpoint.Ports.Count > 0 ? endpoint.Ports.First() : null;
    }

    private static async Task<ProbeResult> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(host, port, cancellationToken).ConfigureAwait(false);
        return ProbeResult.Well;
    }

    private async Task<ProbeResult> GetAsync(string host, KeyValuePair<string, int> port, string path, CancellationToken cancellationToken)
    {
        var address = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        var scheme = port.Key == "https" ? "https" : "http";
        using var request = new HttpRequestMessage(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"{scheme}://{address}:{port.Value}{path}"));
        request.Headers.UserAgent.ParseAdd("rollcall-probe");
        request.Headers.ConnectionClose = true;
        using var response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return response.StatusCode is >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices
            ? ProbeResult.Well
            : new(AvoidReason.FailedProbe, string.Create(CultureInfo.InvariantCulture, $"GET {path} was answered with {(int)response.StatusCode}"));
    }
}
