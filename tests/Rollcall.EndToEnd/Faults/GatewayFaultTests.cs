using System.Net;

namespace Rollcall.EndToEnd.Faults;

/// <summary>The faults as somebody meets them who asks the gateway, and never twice.</summary>
public sealed class GatewayFaultTests(Fleet fleet) : FaultTests(fleet), IClassFixture<Fleet>
{
    private HttpClient _http = null!;

    private protected override (HttpClient Http, Uri Url) Way => (_http, new Uri(Fleet.GatewayUrl));

    private protected override (HttpClient Http, Uri Url) NearWay => (_http, new Uri(new Uri(Fleet.GatewayUrl), "/near"));

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Fleet.RestartGatewayAsync();
        _http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
    }

    public override ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private protected override Task<Echo> OpenWebSocketAsync() => Echo.OpenAsync(new UriBuilder(Fleet.GatewayUrl) { Scheme = "ws", Path = "/ws" }.Uri, _http);

    private protected override void AssertSaysWhy(Failure failure, bool wasUnderWay)
    {
        Assert.True(failure.Status == HttpStatusCode.ServiceUnavailable || (wasUnderWay && failure.Status == HttpStatusCode.BadGateway), failure.ToString());
        Assert.Contains("orders", failure.Reason, StringComparison.Ordinal);
    }
}
