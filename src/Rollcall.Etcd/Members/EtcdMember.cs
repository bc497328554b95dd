using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Rollcall.Servers;

namespace Rollcall.Etcd.Members;

/// <summary>One member of a cluster, asked through its JSON gateway. Logs in by itself where a user is configured. Every failure is a <see cref="DiscoveryException"/>.</summary>
internal sealed class EtcdMember : IDisposable
{
    /// <summary>The largest answer, and the longest line of a watch.</summary>
    public const int MaxAnswerBytes = 32 * 1024 * 1024;

    private const string ReachAdvice = "Is etcd running there, and is the address right?";

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly Uri _member;
    private readonly string _cluster;
    private readonly string _directory;
    private readonly EtcdSettings _settings;
    private readonly EtcdTokens _tokens;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private string? _token;

    /// <param name="member">Its address.</param>
    /// <param name="cluster">Names the cluster, for its token.</param>
    /// <param name="directory">What is read, for messages.</param>
    /// <param name="settings">Credentials, trust, limits.</param>
    /// <param name="tokens">Shared with other watches.</param>
    /// <param name="time">The clock.</param>
    public EtcdMember(Uri member, string cluster, string directory, EtcdSettings settings, EtcdTokens tokens, TimeProvider time)
    {
        (_member, _cluster, _directory, _settings, _tokens, _time) = (member, cluster, directory, settings, tokens, time);
        _http = ServerHttp.CreateClient(ServerTrust.Create(settings.Tls, time));
    }

    private string Action => $"read {_directory} from etcd";

    public Task<RangeDocument> RangeAsync(RangeRequestDocument range, CancellationToken cancellationToken) =>
        WithTokenAsync((token, stop) => PostAsync("v3/kv/range", range, EtcdJson.Default.RangeRequestDocument, EtcdJson.Default.RangeDocument, token, stop), cancellationToken);

    /// <summary>Begins a watch; the lines of the response are its messages.</summary>
    public Task<HttpResponseMessage> WatchAsync(WatchCreateDocument watch, CancellationToken cancellationToken) => WithTokenAsync(
        async (token, stop) =>
        {
            using var request = Request("v3/watch", new WatchRequestDocument { CreateRequest = watch }, EtcdJson.Default.WatchRequestDocument, token);
            // A member that has lost its leader ends the watch instead of leaving it silent.
            request.Headers.TryAddWithoutValidation("Grpc-Metadata-hasleader", "true");
            var response = await SendAsync(request, stop);
            if (response.IsSuccessStatusCode)
                return response;
            using (response)
                throw await RefusedAsync(response, stop);
        },
        cancellationToken);

    /// <summary>A failure of transport in words.</summary>
    public DiscoveryException Explain(Exception failure) => ServerFailure.Explain(Action, _member, failure, ReachAdvice);

    /// <summary>A refusal inside a watch in words; forgets the token if that was the matter.</summary>
    public DiscoveryException Refused(int code, string? message)
    {
        if (_token is not null && EtcdFailure.IsTokenRefused(code, message))
            _tokens.Drop(_cluster, _token);
        return EtcdFailure.Refused(Action, _member, 200, code, message, _directory);
    }

    /// <summary>What this member says makes no sense.</summary>
    public DiscoveryException Garbage(string problem, Exception? error = null)
    {
        var message = $"Cannot {Action}: {ServerFailure.NameOf(_member)} answers what etcd does not ({problem}). {ReachAdvice}";
        return error is null ? new DiscoveryException(message) : new DiscoveryException(message, error);
    }

    public void Dispose() => _http.Dispose();

    private async Task<T> WithTokenAsync<T>(Func<string?, CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        var token = await TokenAsync(cancellationToken);
        try
        {
            return await ask(token, cancellationToken);
        }
        catch (EtcdRefusalException refusal) when (token is not null
            ? EtcdFailure.IsTokenRefused(refusal.Code, refusal.Message)
            : _settings.Username is not null && EtcdFailure.IsLoginWanted(refusal.Message))
        {
            // Tokens expire, restarts of the server forget them, and a cluster that wanted none may want one now.
            _tokens.Drop(_cluster, token);
        }
        catch (EtcdRefusalException refusal)
        {
            throw EtcdFailure.Refused(Action, _member, refusal.Status, refusal.Code, refusal.Message, _directory);
        }

        try
        {
            return await ask(await TokenAsync(cancellationToken), cancellationToken);
        }
        catch (EtcdRefusalException refusal)
        {
            throw EtcdFailure.Refused(Action, _member, refusal.Status, refusal.Code, refusal.Message, _directory);
        }
    }

    // Null where no user is configured, or the cluster wants none.
    private async Task<string?> TokenAsync(CancellationToken cancellationToken) =>
        _token = _settings.Username is { } user ? await _tokens.GetAsync(_cluster, stop => LoginAsync(user, stop), cancellationToken) : null;

    private async Task<string?> LoginAsync(string user, CancellationToken cancellationToken)
    {
        var login = new LoginRequestDocument { Name = user, Password = _settings.ReadPassword() };
        try
        {
            var answer = await PostAsync("v3/auth/authenticate", login, EtcdJson.Default.LoginRequestDocument, EtcdJson.Default.LoginDocument, null, cancellationToken);
            if (string.IsNullOrEmpty(answer.Token) || answer.Token.AsSpan().ContainsAnyExceptInRange('!', '~'))
                throw Garbage("a login without a token");
            return answer.Token;
        }
        catch (EtcdRefusalException refusal) when (EtcdFailure.IsLoginNeedless(refusal.Code, refusal.Message))
        {
            return null;
        }
        catch (EtcdRefusalException refusal)
        {
            throw EtcdFailure.Refused($"log in to etcd as {user}", _member, refusal.Status, refusal.Code, refusal.Message, _directory);
        }
    }

    private async Task<TAnswer> PostAsync<TQuestion, TAnswer>(
        string path, TQuestion question, JsonTypeInfo<TQuestion> questionType, JsonTypeInfo<TAnswer> answerType, string? token, CancellationToken cancellationToken)
    {
        using var request = Request(path, question, questionType, token);
        using var response = await SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw await RefusedAsync(response, cancellationToken);
        try
        {
            using var body = await BoundedBody.ReadAsync(response.Content, MaxAnswerBytes, _settings.Options.AnswerTimeout, _time, cancellationToken);
            return JsonSerializer.Deserialize(body.Bytes.Span, answerType) ?? throw Garbage("null");
        }
        catch (JsonException error)
        {
            throw Garbage(error.Message.Split(" LineNumber:")[0].TrimEnd('.'), error);
        }
        catch (Exception error) when (ServerFailure.IsTransport(error))
        {
            throw Explain(error);
        }
    }

    private HttpRequestMessage Request<T>(string path, T body, JsonTypeInfo<T> type, string? token)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_member, path))
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, type)) { Headers = { ContentType = Json } },
        };
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", token);
        return request;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await ServerHttp.SendAsync(_http, request, _settings.Options.AnswerTimeout, _time, cancellationToken);
        }
        catch (Exception error) when (ServerFailure.IsTransport(error))
        {
            throw Explain(error);
        }
    }

    private async Task<EtcdRefusalException> RefusedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        ErrorDocument? error = null;
        try
        {
            using var body = await BoundedBody.ReadAsync(response.Content, 64 * 1024, _settings.Options.AnswerTimeout, _time, cancellationToken);
            error = JsonSerializer.Deserialize(body.Bytes.Span, EtcdJson.Default.ErrorDocument);
        }
        catch (Exception failure) when (failure is JsonException || ServerFailure.IsTransport(failure))
        {
            // The status alone must do.
        }

        return new EtcdRefusalException((int)response.StatusCode, error?.Code ?? 0, error?.Message ?? "");
    }

    // Stays inside: what leaves is in words.
    private sealed class EtcdRefusalException(int status, int code, string message) : Exception(message)
    {
        public int Status => status;

        public int Code => code;
    }
}
