using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rollcall.Api;
using Rollcall.Gateway;
using Rollcall.Registry.Engine;
using Rollcall.Registry.Journaling;
using Rollcall.Sources;
using Rollcall.TestKit;

namespace Rollcall.Node.Tests;

/// <summary>A real node in this process, on a free port of its own, in memory unless told otherwise.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    public const string Orders = """{"address":"10.0.0.5","ports":{"http":8080}}""";

    private readonly WebApplication _app;

    private TestNode(WebApplication app, RecordedLogs logs)
    {
        _app = app;
        Logs = logs;
        Url = new Uri(app.Urls.Single());
        Http = NewHttpClient();
        Client = new NodeClient(Http);
    }

    public Uri Url { get; }

    public HttpClient Http { get; }

    public NodeClient Client { get; }

    public RecordedLogs Logs { get; }

    public IReadOnlyCollection<string> Urls => [.. _app.Urls];

    public ServiceRegistry Registry => _app.Services.GetRequiredService<NodeLifetime>().Registry;

    public IServiceProvider Services => _app.Services;

    public static async Task<TestNode> StartAsync(
        Func<NodeOptions, NodeOptions>? change = null, TimeProvider? time = null, int seed = 1, Func<GatewayHost?>? gateway = null, IDiscoverySource? source = null)
    {
        var options = new NodeOptions
        {
            Urls = ["http://127.0.0.1:0"],
            Registry = new RegistryOptions { Journal = new JournalOptions { Durability = Durability.Memory } },
        };
        var logs = new RecordedLogs();
        var environment = new NodeEnvironment(time ?? TimeProvider.System, () => new Random(seed), logging => logging.AddProvider(logs)) { Gateway = gateway ?? (static () => null) };
        if (source is not null)
            environment = environment with { Source = () => new SourceRegistry([source, new FileSource()]) };
        var app = await NodeHost.BuildAsync(change?.Invoke(options) ?? options, environment, CancellationToken.None);
        await app.StartAsync();
        return new TestNode(app, logs);
    }

    public HttpClient NewHttpClient() => new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false, RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1 })
    {
        BaseAddress = Url,
        Timeout = Eventually.Limit,
    };

    /// <summary>Sends a request and reads the whole answer.</summary>
    public async Task<Reply> SendAsync(string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content!.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Http.SendAsync(request);
        return await Reply.ReadAsync(response);
    }

    public Task<Reply> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync("GET", path, null, headers);

    public Task<Reply> PutAsync(string service, string id, string body = Orders, params (string Name, string Value)[] headers) =>
        SendAsync("PUT", $"/api/services/{service}/instances/{id}", body, headers);

    public async Task StopAsync() => await _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

/// <summary>A whole answer.</summary>
internal sealed record Reply(HttpStatusCode Status, string? MediaType, string Body, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The body as JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>What stands behind the prefix of a problem's type; null when it is none.</summary>
    public string? Problem => Body.Length > 0 && MediaType == "application/problem+json"
        && Json.GetProperty("type").GetString() is { } type
        && type.StartsWith(ApiNames.ProblemPrefix, StringComparison.Ordinal)
        ? type[ApiNames.ProblemPrefix.Length..]
        : null;

    /// <summary>The message for a field.</summary>
    public string? Error(string field) =>
        Json.TryGetProperty("errors", out var errors) && errors.TryGetProperty(field, out var message) ? message.GetString() : null;

    public static async Task<Reply> ReadAsync(HttpResponseMessage response)
    {
        var headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(static header => header.Key, static header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        return new(response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync(), headers);
    }
}
