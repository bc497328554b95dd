using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Rollcall.TestKit;

namespace Rollcall.TestKube.Tests;

/// <summary>A plain client of the double, which trusts its authority alone.</summary>
internal sealed class KubeClient : IDisposable
{
    private readonly X509Certificate2 _authority;
    private readonly HttpClient _http;

    public KubeClient(KubeServer cluster, string? token = null, Version? version = null)
    {
        _authority = X509Certificate2.CreateFromPem(cluster.Authority.CertificatePem);
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(_authority);
        _http = new HttpClient(handler)
        {
            BaseAddress = cluster.Url,
            DefaultRequestVersion = version ?? HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token ?? cluster.AdminToken);
    }

    /// <summary>For what has no method here.</summary>
    public HttpClient Http => _http;

    public async Task<(HttpStatusCode Code, JsonObject Json)> GetAsync(string path)
    {
        using var response = await Eventually.Within(_http.GetAsync(path));
        return (response.StatusCode, (JsonObject)JsonNode.Parse(await Eventually.Within(response.Content.ReadAsStringAsync()))!);
    }

    public async Task<WatchReader> WatchAsync(string path)
    {
        var response = await Eventually.Within(_http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead));
        return new WatchReader(response, await Eventually.Within(response.Content.ReadAsStreamAsync()));
    }

    public void Dispose()
    {
        _http.Dispose();
        _authority.Dispose();
    }
}

/// <summary>The lines of one watch.</summary>
internal sealed class WatchReader(HttpResponseMessage response, Stream stream) : IDisposable
{
    private readonly StreamReader _reader = new(stream);

    /// <summary>The next event, or null at a clean end.</summary>
    public async Task<JsonObject?> NextAsync() =>
        await Eventually.Within(_reader.ReadLineAsync()) is { } line ? (JsonObject)JsonNode.Parse(line)! : null;

    /// <summary>The next event as <c>TYPE name</c>, or null at a clean end.</summary>
    public async Task<string?> NextNameAsync() => await NextAsync() is { } told ? $"{told["type"]} {told["object"]!["metadata"]!["name"]}" : null;

    /// <summary>A read under way; what is silent leaves it so.</summary>
    public Task<string?> Reading() => _reader.ReadLineAsync();

    public void Dispose()
    {
        _reader.Dispose();
        response.Dispose();
    }
}
