using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Rollcall.Kubernetes.Clusters;
using Rollcall.Kubernetes.Objects;
using Rollcall.Servers;

namespace Rollcall.Kubernetes.Api;

/// <summary>
/// A thin client of one cluster's API: lists, watches, gets. Over HTTP/2, so that every watch shares one connection. Thread-safe.
/// </summary>
internal sealed class ApiClient : IDisposable
{
    /// <summary>The largest page of a list; 500 full slices have some 20 MB.</summary>
    public const int MaxPageBytes = 64 * 1024 * 1024;

    /// <summary>The largest event of a watch; the store behind the API takes no object beyond some 1.5 MB.</summary>
    public const int MaxEventBytes = 4 * 1024 * 1024;

    /// <summary>How much of a refusal is read.</summary>
    public const int MaxStatusBytes = 64 * 1024;

    private readonly Func<ClusterSettings> _read;
    private readonly ClusterSettings _settings;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly string _server;
    private readonly Lock _gate = new();
    private ApiConnection _connection;
    private bool _isRefused;
    private bool _isDisposed;

    /// <summary>A client; nothing is sent yet.</summary>
    /// <param name="read">Reads the settings, now and again after the server or we have refused what they said.</param>
    /// <param name="timeout">How long an answer may take to begin, and a body to end.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="DiscoveryException">The settings, a certificate or a key cannot be used.</exception>
    public ApiClient(Func<ClusterSettings> read, TimeSpan timeout, TimeProvider time)
    {
        _read = read;
        _settings = read();
        _timeout = timeout;
        _time = time;
        _server = $"{ServerFailure.NameOf(_settings.Server)} ({_settings.Name})";
        _connection = new ApiConnection(_settings, timeout, time);
    }

    /// <summary>The settings as they were at first.</summary>
    public ClusterSettings Settings => _settings;

    /// <summary>One page of a list.</summary>
    /// <exception cref="ApiException">It could not be had.</exception>
    public async Task<ListPage<T>> ListAsync<T>(ApiRequest request, ItemReader<T> read, StringCache strings, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(request, cancellationToken);
        try
        {
            using var body = await BoundedBody.ReadAsync(response.Content, MaxPageBytes, _timeout, _time, cancellationToken);
            return ListPage<T>.Parse(body.Bytes.Span, read, strings);
        }
        catch (Exception error) when (IsFault(error) && !cancellationToken.IsCancellationRequested)
        {
            throw Explain(request, error);
        }
    }

    /// <summary>One object.</summary>
    /// <exception cref="ApiException">It could not be had.</exception>
    public async Task<T> GetAsync<T>(ApiRequest request, ItemReader<T> read, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(request, cancellationToken);
        try
        {
            using var body = await BoundedBody.ReadAsync(response.Content, MaxEventBytes, _timeout, _time, cancellationToken);
            return Parse(body.Bytes.Span, read);
        }
        catch (Exception error) when (IsFault(error) && !cancellationToken.IsCancellationRequested)
        {
            throw Explain(request, error);
        }
    }

    /// <summary>Begins a watch. The server has agreed to it when this returns.</summary>
    /// <exception cref="ApiException">It did not.</exception>
    public async Task<WatchStream<T>> WatchAsync<T>(ApiRequest request, ItemReader<T> read, StringCache strings, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        var response = await SendAsync(request, cancellationToken);
        try
        {
            return new WatchStream<T>(response, await response.Content.ReadAsStreamAsync(cancellationToken), read, strings, _time, error => Explain(request, error));
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        lock (_gate)
            _isDisposed = true;
        _connection.Dispose();
    }

    /// <summary>True for whatever a broken or foreign server may cause while its answer is read.</summary>
    internal static bool IsFault(Exception error) =>
        ServerFailure.IsTransport(error) || error is JsonException or InvalidOperationException or FormatException or DiscoveryException or OperationCanceledException;

    private static T Parse<T>(ReadOnlySpan<byte> body, ItemReader<T> read)
    {
        var json = new Utf8JsonReader(body);
        return json.Read() ? read(ref json, new StringCache()) : throw new JsonException("it is empty");
    }

    private async Task<HttpResponseMessage> SendAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var connection = Connection(request);
        var response = await SendOnceAsync(connection, request, refused: false, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized && connection.Credentials.CanRefresh)
        {
            response.Dispose();
            response = await SendOnceAsync(connection, request, refused: true, cancellationToken);
        }

        if (response.IsSuccessStatusCode)
            return response;
        if (response.StatusCode == HttpStatusCode.Unauthorized)
            Refuse(connection);
        using (response)
            throw await RefusedAsync(request, response, cancellationToken);
    }

    // Certificates and tokens that stand in files are replaced before they lapse; who goes on with the old ones is refused. Then, or once the files of certificates
    // have changed, the settings are read anew, and the other watches begin again on the new connection.
    private ApiConnection Connection(ApiRequest request)
    {
        lock (_gate)
        {
            if (_isDisposed || !(_isRefused || _connection.IsOutdated))
                return _connection;
            try
            {
                var renewed = new ApiConnection(_read(), _timeout, _time);
                _connection.Dispose();
                _isRefused = false;
                return _connection = renewed;
            }
            catch (DiscoveryException failure)
            {
                // A certificate may be there before its key is. What is in use is good until it is refused.
                return _isRefused ? throw Explain(request, failure) : _connection;
            }
        }
    }

    private void Refuse(ApiConnection connection)
    {
        lock (_gate)
            _isRefused |= ReferenceEquals(connection, _connection);
    }

    private async Task<HttpResponseMessage> SendOnceAsync(ApiConnection connection, ApiRequest request, bool refused, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var token = await connection.Credentials.GetTokenAsync(refused, cancellationToken);
            var http = connection.Http();
            using var message = new HttpRequestMessage(HttpMethod.Get, request.Path) { Version = http.DefaultRequestVersion, VersionPolicy = http.DefaultVersionPolicy };
            if (token is not null)
                message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            return await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw Explain(request, timeout.IsCancellationRequested
                ? new TimeoutException($"nothing came within {DurationText.Format(_timeout)}", error)
                : new IOException("it was replaced, because its credentials were refused", error));
        }
        catch (ObjectDisposedException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw Explain(request, new IOException("it was replaced, because there are other credentials", error));
        }
        catch (Exception error) when (IsFault(error) && !cancellationToken.IsCancellationRequested)
        {
            if (error is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError })
                Refuse(connection);
            throw Explain(request, error);
        }
    }

    private async Task<ApiException> RefusedAsync(ApiRequest request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = await ReadStatusAsync(response, cancellationToken);
        var retryAfter = status.RetryAfter ?? response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - _time.GetUtcNow(),
            _ => null,
        };
        var said = status.Message.Length == 0 ? "" : $": {status.Message.TrimEnd('.')}";
        var message = response.StatusCode switch
        {
            HttpStatusCode.Forbidden => AccessAdvice.Explain(request, _server, status.Message),
            HttpStatusCode.Unauthorized =>
                $"Cannot {request}: {_server} does not accept the credentials (401{said}). Check the token or certificate of '{_settings.Name}'; they may have lapsed.",
            HttpStatusCode.NotFound => $"Cannot {request}: {_server} does not serve /{request.Path.Split('?')[0]} (404{said}).",
            HttpStatusCode.TooManyRequests => $"Cannot {request}: {_server} has too much to do (429{said}). It is asked again when it says so.",
            HttpStatusCode.Gone => $"Cannot {request}: {_server} no longer knows the version asked for (410{said}).",
            _ => $"Cannot {request}: {_server} answers {(int)response.StatusCode}{said}. Is this the address of a Kubernetes API?",
        };
        return new ApiException(message, response.StatusCode, retryAfter > TimeSpan.Zero ? retryAfter : null);
    }

    private async Task<ApiStatus> ReadStatusAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            using var body = await BoundedBody.ReadAsync(response.Content, MaxStatusBytes, _timeout, _time, cancellationToken);
            return ApiStatus.Parse(body.Bytes.Span);
        }
        catch (Exception error) when (IsFault(error) && !cancellationToken.IsCancellationRequested)
        {
            return ApiStatus.Unsaid; // the code alone says most of it
        }
    }

    private ApiException Explain(ApiRequest request, Exception error) => error switch
    {
        ApiException known => known,
        DiscoveryException known => new ApiException(known.Message, innerException: known),
        JsonException or InvalidOperationException or FormatException => new ApiException(
            $"Cannot {request}: the answer of {_server} makes no sense ({error.Message.Split(" Path:")[0].TrimEnd('.')}). Is this the address of a Kubernetes API?", innerException: error),
        _ => new ApiException(
            ServerFailure.Explain(
                request.ToString(), _settings.Server, error,
                $"Check the address and that the API server of '{_settings.Name}' runs.").Message,
            innerException: error),
    };
}
