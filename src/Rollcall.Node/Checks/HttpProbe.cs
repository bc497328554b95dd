using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using Rollcall.Registry;
using Rollcall.Registry.Checks;

namespace Rollcall.Node.Checks;

/// <summary>Asks a URL and passes on 200 to 299. The body is of no interest and is not read.</summary>
internal sealed class HttpProbe : ICheckProbe, IDisposable
{
    private static readonly ProductInfoHeaderValue Agent =
        new("rollcall", typeof(HttpProbe).Assembly.GetName().Version?.ToString(3) ?? "0");

    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _http;

    public HttpProbe(TimeProvider time)
    {
        _time = time;
        _http = new HttpMessageInvoker(InstanceHandler.New(keep: TimeSpan.FromSeconds(30)));
    }

    /// <inheritdoc />
    public async ValueTask<CheckResult> ProbeAsync(CheckDefinition check, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(check.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, check.Target);
            request.Headers.UserAgent.Add(Agent);
            using var response = await _http.SendAsync(request, either.Token);
            var status = (int)response.StatusCode;
            return new CheckResult(
                status is >= 200 and <= 299,
                $"{status} {response.ReasonPhrase}".TrimEnd());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new CheckResult(false, $"no answer within {DurationText.Format(check.Timeout)}");
        }
        catch (HttpRequestException error)
        {
            return new CheckResult(false, Describe(error));
        }
        catch (Exception error) when (error is UriFormatException or InvalidOperationException or NotSupportedException)
        {
            return new CheckResult(false, $"{check.Target} cannot be asked: {error.Message}");
        }
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    private static string Describe(HttpRequestException error) => error switch
    {
        { HttpRequestError: HttpRequestError.NameResolutionError } => "the host name does not resolve",
        { HttpRequestError: HttpRequestError.SecureConnectionError } =>
            $"TLS failed: {(error.InnerException as AuthenticationException)?.Message ?? error.Message}",
        { HttpRequestError: HttpRequestError.InvalidResponse } => "the answer is no HTTP",
        { HttpRequestError: HttpRequestError.ResponseEnded } => "the connection was closed without an answer",
        { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => "the answer's headers are too large",
        { InnerException: SocketException socket } => Describe(socket),
        { InnerException: IOException { InnerException: SocketException socket } } => Describe(socket),
        _ => error.Message,
    };

    private static string Describe(SocketException error) => error.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "connection refused",
        SocketError.ConnectionReset => "connection reset",
        SocketError.HostUnreachable or SocketError.HostDown => "host unreachable",
        SocketError.NetworkUnreachable or SocketError.NetworkDown => "network unreachable",
        SocketError.TimedOut => "the connection timed out",
        _ => error.Message,
    };
}
