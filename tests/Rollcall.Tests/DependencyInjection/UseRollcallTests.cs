using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;
using Rollcall.Balancing;
using Rollcall.Http;
using Rollcall.TestKit;
using Rollcall.Tests.Http;

namespace Rollcall.Tests.DependencyInjection;

public sealed class UseRollcallTests
{
    [Fact]
    public async Task UseRollcall_AloneAndOverRealSockets_Works()
    {
        await using var server = await TestServer.StartAsync("ok");
        var services = new ServiceCollection();
        services.AddHttpClient("orders", static client => client.BaseAddress = new Uri("https+http://orders/"))
            .UseRollcall(static options => options.Balancer = Balancers.LeastRequests);
        services.AddRollcall(options => options.Services["orders"] = $"static:///127.0.0.1:{server.Port}");
        await using var provider = services.BuildServiceProvider();

        var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("orders");

        Assert.Equal("ok", await Eventually.Within(client.GetStringAsync("x")));
    }

    [Fact]
    public async Task UseRollcall_OptionsOfOneClient_AreItsOwn()
    {
        await using var application = new Application(
            static services => services.AddHttpClient("other").UseRollcall(static options => options.MaxAttempts = 9), ("Rollcall:MaxAttempts", "5"));
        var options = application.Services.GetRequiredService<IOptionsMonitor<RollcallClientOptions>>();

        Assert.Equal(5, options.Get("client").MaxAttempts);
        Assert.Equal(9, options.Get("other").MaxAttempts);
    }

    [Fact]
    public async Task UseRollcall_WrongOptionOfOneClient_IsRefusedWithItsName()
    {
        await using var application = new Application(static services => services.AddHttpClient("other").UseRollcall(static options => options.Balancer = "fastest"));

        var error = Assert.Throws<OptionsValidationException>(() => application.Services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Equal("HTTP client 'other': Balancer is 'fastest'; there are: least-requests, maglev, peak-ewma, pick-first, random, ring-hash, round-robin.", Assert.Single(error.Failures));
    }

    [Fact]
    public async Task UseRollcall_AsDefaultOfAllClients_IsAddedOnceToEach()
    {
        var wire = new RecordingHandler();
        var services = new ServiceCollection();
        services.ConfigureHttpClientDefaults(client => client.UseRollcall(static options => options.MaxAttempts = 4).ConfigurePrimaryHttpMessageHandler(() => wire));
        services.AddHttpClient("own").UseRollcall(static options => options.MaxAttempts = 6);
        services.AddRollcall(static options => options.Services["orders"] = "static:///10.0.0.1:80");
        await using var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IHttpClientFactory>();
        var options = provider.GetRequiredService<IOptionsMonitor<RollcallClientOptions>>();

        using var response1 = await factory.CreateClient("any").GetAsync("http://orders/");
        using var response2 = await factory.CreateClient("own").GetAsync("http://orders/");

        Assert.Equal(["http://10.0.0.1/", "http://10.0.0.1/"], wire.Uris.Select(static uri => uri.AbsoluteUri));
        Assert.Equal(4, options.Get("any").MaxAttempts);
        Assert.Equal(6, options.Get("own").MaxAttempts);
    }

    [Theory]
    [InlineData(null, 2)]
    [InlineData(7, 7)]
    public async Task UseRollcall_Sockets_GetAConnectTimeoutUnlessTheyHaveOne(int? own, int expected)
    {
        await using var application = new Application(services =>
        {
            var client = services.AddHttpClient("sockets");
            client.UseRollcall();
            if (own is { } seconds)
                client.ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(seconds) });
        });

        var handler = Assert.IsType<SocketsHttpHandler>(Primary(Build(application, "sockets")));

        Assert.Equal(TimeSpan.FromSeconds(expected), handler.ConnectTimeout);
    }

    [Fact]
    public async Task UseRollcall_ClientsWithoutIt_AreLeftAlone()
    {
        await using var application = new Application(static services => services.AddHttpClient("plain"));

        var handler = Assert.IsType<SocketsHttpHandler>(Primary(Build(application, "plain")));

        Assert.Equal(Timeout.InfiniteTimeSpan, handler.ConnectTimeout);
    }

    [Fact]
    public async Task Rotation_ByTheFactorysOwnBuilderTenThousandTimes_LeavesOneWatch()
    {
        await using var application = new Application(null, ("Rollcall:Services:orders", "fake:///orders"));
        application.Source.Set(new Endpoint("a", "10.0.0.1", 80));
        await application.SendAsync("http://orders/");
        var timers = application.Time.PendingTimers;
        List<WeakReference<HttpMessageHandler>> handlers = [];

        for (var i = 0; i < 10_000; i++)
        {
            var handler = Build(application, "client");
            using var client = new HttpClient(handler, disposeHandler: true);
            using var response = await client.GetAsync("http://orders/");
            handlers.Add(new(handler));
        }

        Assert.Equal(1, application.Resolver.WatchCount);
        Assert.Equal(1, application.Source.Attempts);
        Assert.Equal(1, application.Router.Count);
        Assert.Equal(timers, application.Time.PendingTimers);
        GC.Collect();
        Assert.InRange(handlers.Count(static handler => handler.TryGetTarget(out _)), 0, 2);
    }

    // What IHttpClientFactory does when a handler's lifetime has ended: the same builder, actions and filters.
    private static HttpMessageHandler Build(Application application, string name)
    {
        var builder = application.Services.GetRequiredService<HttpMessageHandlerBuilder>();
        builder.Name = name;
        var options = application.Services.GetRequiredService<IOptionsMonitor<HttpClientFactoryOptions>>().Get(name);
        Action<HttpMessageHandlerBuilder> configure = target =>
        {
            foreach (var action in options.HttpMessageHandlerBuilderActions)
                action(target);
        };
        foreach (var filter in application.Services.GetServices<IHttpMessageHandlerBuilderFilter>().Reverse())
            configure = filter.Configure(configure);
        configure(builder);
        return builder.Build();
    }

    private static HttpMessageHandler Primary(HttpMessageHandler handler)
    {
        while (handler is DelegatingHandler { InnerHandler: { } inner })
            handler = inner;
        return handler;
    }
}
