using System.Globalization;
using System.Text;
using System.Text.Json;
using Rollcall.Servers;
using Rollcall.Watching;

namespace Rollcall.Consul.Health;

/// <summary>Asks one agent for one service, again and again: at once the first time, then when something has changed. Every failure is a <see cref="DiscoveryException"/>.</summary>
internal sealed class HealthQuery : IDisposable
{
    /// <summary>The largest answer.</summary>
    public const int MaxAnswerBytes = 32 * 1024 * 1024;

    private const int MaxRefusalBytes = 64 * 1024;
    private const string ReachAdvice = "Is an agent running there, and is the address right? (Rollcall:Consul:Agents or CONSUL_HTTP_ADDR)";

    // A busy cluster may answer at once again and again, changed or not; it is not asked in a tight loop.
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan UnchangedPause = TimeSpan.FromSeconds(1);

    private readonly Uri _agent;
    private readonly ConsulTarget _target;
    private readonly ConsulSettings _settings;
    private readonly RetryAfter _pauses;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private readonly BlockingIndex _index = new();
    private SourceAnswer? _last;
    private TimeSpan _pause;

    public HealthQuery(Uri agent, ConsulTarget target, ConsulSettings settings, RetryAfter pauses, TimeProvider time)
    {
        (_agent, _target, _settings, _pauses, _time) = (agent, target, settings, pauses, time);
        _http = ServerHttp.CreateClient(ServerTrust.Create(settings.Tls, time));
    }

    private string Action => $"read the service {_target.Service} from Consul";

    /// <summary>The next answer.</summary>
    /// <param name="jitter">From 0 to 1.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    public async Task<SourceAnswer> NextAsync(double jitter, CancellationToken cancellationToken)
    {
        await _pauses.WaitAsync(Action, _agent, cancellationToken);
        if (_pause > TimeSpan.Zero)
            await Task.Delay(_pause * (0.5 + jitter), _time, cancellationToken);
        // Consul adds jitter of its own to the end of a wait; ours spreads the beginnings of those who were all woken by one change.
        var wait = _index.Parameter is null ? TimeSpan.Zero : _settings.Options.Wait * (1 - (jitter / 8));
        var asked = _time.GetTimestamp();
        using var request = Request(wait);
        try
        {
            using var response = await ServerHttp.SendAsync(_http, request, (wait * 17 / 16) + _settings.Options.AnswerTimeout, _time, cancellationToken);
            if (!response.IsSuccessStatusCode)
                throw await RefusedAsync(response, cancellationToken);
            var answer = await ReadAsync(response, cancellationToken);
            var canWait = _index.OnAnswer(Header(response, "X-Consul-Index"), Header(response, "X-Consul-ContentHash"));
            var isQuick = _time.GetElapsedTime(asked) < UnchangedPause;
            var isSame = _last is { } last && last.Freshness == answer.Freshness && last.Endpoints.AsSpan().SequenceEqual(answer.Endpoints.AsSpan());
            _pause = !canWait ? _settings.Options.AnswerTimeout : isQuick && isSame ? UnchangedPause : ShortestPause;
            _last = answer;
            return answer;
        }
        catch (Exception error) when (ServerFailure.IsTransport(error))
        {
            throw ServerFailure.Explain(Action, _agent, error, ReachAdvice);
        }
    }

    public void Dispose() => _http.Dispose();

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private HttpRequestMessage Request(TimeSpan wait)
    {
        var query = _target.Query;
        if (_index.Parameter is { } parameter)
            query = $"{query}{(query.Length == 0 ? '?' : '&')}{parameter}&wait={DurationText.Format(wait)}";
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_agent, $"v1/health/service/{Uri.EscapeDataString(_target.Service)}{query}"));
        if (_settings.ReadToken() is { } token)
            request.Headers.TryAddWithoutValidation("X-Consul-Token", token);
        return request;
    }

    private async Task<SourceAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        SourceAnswer answer;
        try
        {
            using var body = await BoundedBody.ReadAsync(response.Content, MaxAnswerBytes, _settings.Options.AnswerTimeout, _time, cancellationToken);
            var entries = JsonSerializer.Deserialize(body.Bytes.Span, HealthJson.Default.EntryDocumentArray) ?? throw new FormatException("is null");
            answer = HealthReader.Read(entries, _target);
        }
        catch (JsonException error)
        {
            throw new DiscoveryException($"Cannot {Action}: {ServerFailure.NameOf(_agent)} answers what Consul does not ({error.Message.Split(" LineNumber:")[0].TrimEnd('.')}). {ReachAdvice}", error);
        }
        catch (FormatException error)
        {
            throw new DiscoveryException($"Cannot {Action}: the answer of {ServerFailure.NameOf(_agent)} {error.Message}.", error);
        }

        // Consul leaves out what a token may not see, and would so make a service look as if it did not exist.
        if (Header(response, "X-Consul-Results-Filtered-By-ACLs") is "true")
        {
            if (answer.Endpoints.IsEmpty)
                throw new DiscoveryException($"Cannot {Action}: {ServerFailure.NameOf(_agent)} withholds every instance. {ConsulRefusal.AclAdvice(_target.Service)}");
            answer = answer with { Freshness = Freshness.Fallback($"Consul withholds some instances of {_target.Service}. {ConsulRefusal.AclAdvice(_target.Service)}") };
        }

        return answer.Freshness.IsLive && _settings.Options.AllowStale && IsTooStale(response)
            ? answer with { Freshness = Freshness.Fallback($"the Consul server that answered has not heard from its leader for longer than {DurationText.Format(_settings.Options.MaxStaleness)}") }
            : answer;
    }

    private bool IsTooStale(HttpResponseMessage response) =>
        Header(response, "X-Consul-KnownLeader") is "false"
        || (double.TryParse(Header(response, "X-Consul-LastContact"), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds > _settings.Options.MaxStaleness.TotalMilliseconds);

    private async Task<DiscoveryException> RefusedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        _pauses.Note(_agent, response);
        var said = "";
        try
        {
            using var body = await BoundedBody.ReadAsync(response.Content, MaxRefusalBytes, _settings.Options.AnswerTimeout, _time, cancellationToken);
            said = Encoding.UTF8.GetString(body.Bytes.Span);
        }
        catch (Exception error) when (ServerFailure.IsTransport(error))
        {
            // The status alone must do.
        }

        return ConsulRefusal.Describe(Action, _agent, _target.Service, (int)response.StatusCode, said);
    }
}
