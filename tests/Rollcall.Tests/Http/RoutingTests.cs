using Rollcall.TestKit;
using Rollcall.TestKit.Sources;

namespace Rollcall.Tests.Http;

/// <summary>Which requests go where, and what they look like there.</summary>
public sealed class RoutingTests : IAsyncDisposable
{
    private readonly HttpBench _bench = new();
    private readonly RecordingHandler _wire = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [InlineData("http://orders", "http://10.0.0.1:8080/")]
    [InlineData("http://orders/a/b?c=d&e=%2F", "http://10.0.0.1:8080/a/b?c=d&e=%2F")]
    [InlineData("http://ORDERS/A", "http://10.0.0.1:8080/A")]
    [InlineData("http://orders/ü?ö=ä", "http://10.0.0.1:8080/%C3%BC?%C3%B6=%C3%A4")]
    [InlineData("https://orders/a", "https://10.0.0.1:8443/a")]
    [InlineData("https+http://orders/a?b", "https://10.0.0.1:8443/a?b")]
    [InlineData("http+https://orders/a", "http://10.0.0.1:8080/a")]
    [InlineData("https+http://orders/ü/../b?ö=ä", "https://10.0.0.1:8443/b?%C3%B6=%C3%A4")]
    [InlineData("http://_admin.orders/a", "http://10.0.0.1:8081/a")]
    [InlineData("https://_admin.orders/a", "https://10.0.0.1:8081/a")]
    [InlineData("https+http://_admin.orders/a", "http://10.0.0.1:8081/a")]
    [InlineData("https+http://_https.orders/a", "https://10.0.0.1:8443/a")]
    [InlineData("https+http://_secure.orders/a", "https://10.0.0.1:9443/a")]
    public async Task Send_NameOfAService_GoesToItsEndpoint(string uri, string expected)
    {
        _bench.Source.Set(new Endpoint("a", "10.0.0.1", Ports(("http", 8080), ("https", 8443), ("admin", 8081), ("secure", 9443)))
        {
            Metadata = new SmallMap<string>([new("scheme.secure", "https")]),
        });

        await Get(uri);

        Assert.Equal(expected, Assert.Single(_wire.Uris).AbsoluteUri);
    }

    [Fact]
    public async Task Send_BaseAddressWithCompositeScheme_IsTaken()
    {
        _bench.Source.Set(new Endpoint("a", "10.0.0.1", 8080));
        using var client = _bench.Client(inner: _wire);
        client.BaseAddress = new Uri("https+http://orders/v1/");

        using var response = await Eventually.Within(client.GetAsync("things/7"));

        Assert.Equal("http://10.0.0.1:8080/v1/things/7", Assert.Single(_wire.Uris).AbsoluteUri);
    }

    [Fact]
    public async Task Send_SomeEndpointsEncrypt_EachIsSpokenToAsItCan()
    {
        _bench.Source.Set(
            new Endpoint("a", "10.0.0.1", Ports(("http", 80), ("https", 443))),
            new Endpoint("b", "10.0.0.2", Ports(("http", 80))));

        await Get("https+http://orders");
        await Get("https+http://orders");

        Assert.Equal(["http://10.0.0.2/", "https://10.0.0.1/"], _wire.Uris.Select(static uri => uri.AbsoluteUri).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Send_OnlyPort_IsTakenWhateverItsName()
    {
        _bench.Source.Set(new Endpoint("a", "10.0.0.1", Ports(("web", 5000))));

        await Get("http://orders");
        await Get("https://orders");
        await Get("https+http://orders");

        Assert.Equal(["http://10.0.0.1:5000/", "https://10.0.0.1:5000/", "http://10.0.0.1:5000/"], _wire.Uris.Select(static uri => uri.AbsoluteUri));
    }

    [Fact]
    public async Task Send_InTheClearToAnEncryptedPort_IsRefused()
    {
        _bench.Source.Set(new Endpoint("a", "10.0.0.1", Ports(("https", 443))));

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => Get("http://orders"));

        Assert.Contains("there are: https", error.Message, StringComparison.Ordinal);
        Assert.Empty(_wire.Uris);
    }

    [Fact]
    public async Task Send_IPv6Endpoint_GetsBrackets()
    {
        _bench.Source.Set(new Endpoint("a", "::1", 8080));

        await Get("http://orders/x");

        Assert.Equal("http://[::1]:8080/x", Assert.Single(_wire.Uris).AbsoluteUri);
    }

    [Fact]
    public async Task Send_PathThatMustNotBeTouched_ArrivesAsItIs()
    {
        _bench.Source.Set(new Endpoint("a", "10.0.0.1", 8080));
        using var client = _bench.Client(inner: _wire);
        var uri = new Uri("http://orders/a/../%2e%2E/b%2f?q=%zz", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

        using var response = await Eventually.Within(client.GetAsync(uri));

        Assert.Equal("/a/../%2e%2E/b%2f?q=%zz", Assert.Single(_wire.Uris).PathAndQuery);
    }

    [Fact]
    public async Task Send_Afterwards_TheRequestIsAsTheCallerMadeIt()
    {
        _bench.Source.Set(new Endpoint("a", "10.0.0.1", 8080));
        using var client = _bench.Client(inner: _wire);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders/a");

        using var response = await Eventually.Within(client.SendAsync(request));

        Assert.Equal("http://orders/a", request.RequestUri!.AbsoluteUri);
    }

    [Theory]
    [InlineData("http://example.org/a")]
    [InlineData("http://orders.example.org/a")]
    [InlineData("http://localhost/a")]
    [InlineData("http://10.1.2.3/a")]
    [InlineData("http://[::1]/a")]
    [InlineData("http://orders:8080/a")]
    [InlineData("https://other/a")]
    [InlineData("http://_orders/a")]
    public async Task Send_AnyOtherHost_PassesThroughUntouched(string uri)
    {
        await Get(uri);

        Assert.Equal(uri, Assert.Single(_wire.Uris).AbsoluteUri);
        Assert.Equal(0, _bench.Router.Count);
    }

    [Theory]
    [InlineData("http://payments/a", "http://10.0.0.1:8080/a")]
    [InlineData("http://localhost/a", "http://localhost/a")]
    [InlineData("http://payments.example.org/a", "http://payments.example.org/a")]
    [InlineData("http://10.0.0.9/a", "http://10.0.0.9/a")]
    [InlineData("http://payments:81/a", "http://payments:81/a")]
    [InlineData("http://_http.payments/a", "http://10.0.0.1:8080/a")]
    public async Task Send_DefaultScheme_AppliesToSingleLabels(string uri, string expected)
    {
        await using var bench = new HttpBench("fake");
        bench.Source.Set(new Endpoint("a", "10.0.0.1", 8080));
        using var client = bench.Client(inner: _wire);

        using var response = await Eventually.Within(client.GetAsync(uri));

        Assert.Equal(expected, Assert.Single(_wire.Uris).AbsoluteUri);
    }

    [Theory]
    [InlineData("https+http://nowhere.example.org/a")]
    [InlineData("https+http://orders:8080/a")]
    public async Task Send_CompositeSchemeWithoutService_SaysWhatIsConfigured(string uri)
    {
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => Get(uri));

        Assert.Contains("names no service. Configured are: orders.", error.Message, StringComparison.Ordinal);
        Assert.Empty(_wire.Uris);
    }

    [Fact]
    public async Task Send_NoSuchPort_ListsThoseThereAre()
    {
        _bench.Source.Set(
            new Endpoint("a", "10.0.0.1", Ports(("http", 80), ("metrics", 81))),
            new Endpoint("b", "10.0.0.2", Ports(("grpc", 80))));

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => Get("http://_admin.orders/x"));

        Assert.Contains("no endpoint has a port 'admin'; there are: grpc, http, metrics", error.Message, StringComparison.Ordinal);
        Assert.Equal(HttpRequestError.NameResolutionError, error.HttpRequestError);
    }

    [Fact]
    public async Task Send_SeveralPortsAndNoneCalledLikeTheScheme_AsksWhich()
    {
        _bench.Source.Set(new Endpoint("a", "10.0.0.1", Ports(("web", 80), ("grpc", 81))));

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => Get("http://orders/x"));

        Assert.Contains("no endpoint has a port 'http' or a single one; there are: grpc, web. Say which, as in http://_NAME.SERVICE/", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_SomeEndpointsLackThePort_GoesToTheOthers()
    {
        _bench.Source.Set(
            new Endpoint("a", "10.0.0.1", Ports(("http", 80))),
            new Endpoint("b", "10.0.0.2", Ports(("http", 80), ("admin", 81))) { State = EndpointState.NotReady });

        await Get("http://_admin.orders/x");

        Assert.Equal("http://10.0.0.2:81/x", Assert.Single(_wire.Uris).AbsoluteUri);
    }

    [Fact]
    public async Task Send_NoEndpoint_SaysWhatIsKnown()
    {
        _bench.Source.Set();

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => Get("http://orders/secret?token=1"));

        Assert.Equal(
            "GET http://orders could not be sent: no endpoint is known. 'orders' is found through fake:///orders, which has 0 endpoints "
            + "(Live, as of 2026-01-01 00:00:00Z). See what it has with: rollcall resolve fake:///orders",
            error.Message);
    }

    [Fact]
    public async Task Send_FirstSnapshotDoesNotCome_EndsWithTheReason()
    {
        _bench.Source.Break("the registry is on fire");
        var sending = Get("http://orders/x");

        await _bench.Time.AdvanceUntilAsync(() => sending.IsCompleted, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(6));

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => sending);
        Assert.StartsWith("GET http://orders could not be sent to 'orders' (fake:///orders).", error.Message, StringComparison.Ordinal);
        Assert.Contains("the registry is on fire", error.Message, StringComparison.Ordinal);
        Assert.IsType<DiscoveryException>(error.InnerException);
    }

    [Fact]
    public async Task Send_CallerGivesUpBeforeTheFirstSnapshot_IsACancellation()
    {
        using var client = _bench.Client(inner: _wire);
        using var giveUp = new CancellationTokenSource();
        var sending = client.GetAsync("http://orders/x", giveUp.Token);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(sending));
    }

    [Fact]
    public async Task Send_EndpointsChange_FollowsAtOnce()
    {
        await _bench.SetAsync(new Endpoint("a", "10.0.0.1", 80));
        await Get("http://orders/");

        await _bench.SetAsync(new Endpoint("a", "10.0.0.2", 80));
        using var watch = _bench.Resolver.Watch(FakeSource.Target);
        await Eventually.True(() => _bench.Router.Find(new Uri("http://orders"), HttpBench.Settings)!.Current!.Set.Endpoints[0].Host == "10.0.0.2");
        await Get("http://orders/");

        Assert.Equal(["http://10.0.0.1/", "http://10.0.0.2/"], _wire.Uris.Select(static uri => uri.AbsoluteUri));
    }

    [Fact]
    public void Send_Synchronously_IsRefusedForAServiceOnly()
    {
        using var client = _bench.Client(inner: new SocketsHttpHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders/x");

        var error = Assert.Throws<NotSupportedException>(() => client.Send(request));

        Assert.Contains("Use SendAsync instead of Send", error.Message, StringComparison.Ordinal);
    }

    private static SmallMap<int> Ports(params (string Name, int Port)[] ports) => new(ports.Select(static p => KeyValuePair.Create(p.Name, p.Port)));

    private async Task Get(string uri)
    {
        using var client = _bench.Client(inner: _wire);
        using var response = await Eventually.Within(client.GetAsync(new Uri(uri)));
    }
}
