using System.Net;
using System.Net.Http.Headers;
using Rollcall.Servers;

namespace Rollcall.Sources.Http;

/// <summary>
/// Asks servers for one watch: follows redirects, gives each server its own credentials and no other's, turns refusals into words.
/// One connection pool a server for those asked last, closed with it.
/// </summary>
internal sealed class HttpExchange(ServiceTarget target, HttpSourceOptions options, RetryAfter pauses, TimeProvider time) : IDisposable
{
    private const int MaxRedirects = 5;
    private const int MaxCredentialBytes = 64 * 1024;

    // As many as one answer can take, the latest used at the end. A server that redirects elsewhere each time must not leave a pool behind for each.
    private const int MaxClients = MaxRedirects + 1;

    private readonly List<(string Server, HttpClient Client)> _clients = new(MaxClients);

    private string Action => $"read the endpoints of {target}";

    /// <summary>The head of the answer, 200 or 304; and the URL that gave it.</summary>
    /// <exception cref="DiscoveryException">There was none, or another.</exception>
    public async Task<(HttpResponseMessage Response, Uri Url)> GetAsync(Uri url, Action<HttpRequestHeaders> prepare, TimeSpan wait, CancellationToken cancellationToken)
    {
        for (var redirects = 0; ; redirects++)
        {
            await pauses.WaitAsync(Action, url, cancellationToken);
            var response = await SendAsync(url, prepare, wait, cancellationToken);
            try
            {
                if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotModified)
                    return (response, url);
                if (response.Headers.Location is not { } location || (int)response.StatusCode is not (301 or 302 or 303 or 307 or 308))
                {
                    pauses.Note(url, response);
                    throw await HttpRefusal.DescribeAsync(target, url, response, time, cancellationToken);
                }

                if (redirects == MaxRedirects)
                    throw Failed(url, $"redirects more than {MaxRedirects} times", "Name the address it ends at.");
                url = Follow(url, location);
            }
            catch
            {
                response.Dispose();
                throw;
            }

            response.Dispose();
        }
    }

    /// <summary>A failure of the exchange with that server in words, where it is one of transport.</summary>
    public DiscoveryException Explain(Uri url, Exception failure) =>
        ServerFailure.Explain(Action, url, failure, "Is the server running there, and is the target right?");

    /// <summary>What a server does against the rules, in words.</summary>
    public DiscoveryException Failed(Uri url, string problem, string advice) =>
        new($"Cannot {Action}: {ServerFailure.NameOf(url)} {problem}. {advice}");

    public void Dispose()
    {
        foreach (var (_, client) in _clients)
            client.Dispose();
    }

    private async Task<HttpResponseMessage> SendAsync(Uri url, Action<HttpRequestHeaders> prepare, TimeSpan wait, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        prepare(request.Headers);
        var server = options.Servers.FirstOrDefault(server => server.Url is { } own
            && string.Equals(ServerFailure.NameOf(own), ServerFailure.NameOf(url), StringComparison.OrdinalIgnoreCase));
        foreach (var (name, value) in server?.Headers ?? (IEnumerable<KeyValuePair<string, string>>)[])
            request.Headers.TryAddWithoutValidation(name, value);
        if (AuthorizationOf(server) is { } authorization)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        try
        {
            return await ServerHttp.SendAsync(ClientOf(url, server), request, wait + options.AnswerTimeout, time, cancellationToken);
        }
        catch (Exception error) when (ServerFailure.IsTransport(error))
        {
            throw Explain(url, error);
        }
    }

    private HttpClient ClientOf(Uri url, HttpServerOptions? server)
    {
        var name = ServerFailure.NameOf(url);
        var at = _clients.FindIndex(known => string.Equals(known.Server, name, StringComparison.Ordinal));
        var client = at < 0 ? ServerHttp.CreateClient(ServerTrust.Create(server?.Tls, time), options.UseProxy) : _clients[at].Client;
        if (at >= 0)
        {
            _clients.RemoveAt(at);
        }
        else if (_clients.Count == MaxClients)
        {
            _clients[0].Client.Dispose();
            _clients.RemoveAt(0);
        }

        _clients.Add((name, client));
        return client;
    }

    private static string? AuthorizationOf(HttpServerOptions? server)
    {
        if (server?.AuthorizationFile is not { Length: > 0 } file)
            return server?.Authorization;
        try
        {
            var text = new FileInfo(file) is { Exists: true, Length: > MaxCredentialBytes }
                ? throw new IOException($"it has more than {MaxCredentialBytes} bytes")
                : File.ReadAllText(file).Trim();
            if (text.Length == 0 || text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
                throw new IOException("it must hold one line of printable ASCII");
            return text.Contains(' ', StringComparison.Ordinal) ? text : "Bearer " + text;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DiscoveryException($"The file {file} with the authorization for {ServerFailure.NameOf(server.Url!)} cannot be used: {error.Message.TrimEnd('.')}.", error);
        }
    }

    private Uri Follow(Uri from, Uri location)
    {
        var to = new Uri(from, location);
        if (to.Scheme is not ("http" or "https") || to.UserInfo.Length > 0)
            throw Failed(from, "redirects to what is no web address", "Is it the right server?");
        return to.Scheme is "http" && from.Scheme is "https"
            ? throw Failed(from, $"redirects from https to {ServerFailure.NameOf(to)}, where anyone between could change the answer", "Name the final address yourself if you trust it.")
            : to;
    }
}
