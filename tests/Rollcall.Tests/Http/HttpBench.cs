using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Balancing;
using Rollcall.Http;
using Rollcall.TestKit;
using Rollcall.TestKit.Sources;
using Rollcall.Tests.Health;
using Rollcall.Watching;

namespace Rollcall.Tests.Http;

/// <summary>Everything between an <see cref="HttpClient"/> and a socket, on virtual time, with a source the test plays.</summary>
internal sealed class HttpBench : IAsyncDisposable
{
    private readonly TryTimerPool _timers;
    private readonly List<HttpClient> _clients = [];

    public HttpBench(string? defaultScheme = null, params (string Name, string Target)[] services)
        : this([], defaultScheme, services)
    {
    }

    public HttpBench(IBalancer policy)
        : this([policy], null, [])
    {
    }

    private HttpBench(IBalancer[] policies, string? defaultScheme, (string Name, string Target)[] services)
    {
        Source = new FakeSource(Time);
        Resolver = new ServiceResolver(Source, new WatchOptions { HoldDownTime = TimeSpan.Zero }, Time, new Random(1));
        _timers = new TryTimerPool(Time, Metrics);
        if (services.Length == 0)
            services = [("orders", "fake:///orders")];
        var names = new ServiceNames(services.Select(static s => KeyValuePair.Create(s.Name, ServiceTarget.Parse(s.Target))), defaultScheme);
        Router = new ServiceRouter(new SelectorFactory(Resolver, new Balancers(new Random(1), policies), TestHealth.Monitor(Time), Time), names);
        Context = new ClientContext(Router, _timers, Metrics, Time, NullLogger<RollcallHandler>.Instance);
    }

    /// <summary>How a client without options chooses: in turn, so that a test knows who is next.</summary>
    public static BalancingSettings Settings { get; } = new() { Policy = Balancers.RoundRobin };

    /// <summary>What a process would have to follow targets with, on real time.</summary>
    public static SelectorFactory Selectors(ServiceResolver resolver) =>
        new(resolver, new Balancers(new Random(1)), TestHealth.Monitor(TimeProvider.System), TimeProvider.System);

    public VirtualTime Time { get; } = new();

    public FakeSource Source { get; }

    public ServiceResolver Resolver { get; }

    public ServiceRouter Router { get; }

    public HttpMetrics Metrics { get; } = new(null);

    public ClientContext Context { get; }

    /// <summary>A client whose sockets are real, unless it is given another inner handler.</summary>
    public HttpClient Client(Action<RollcallClientOptions>? configure = null, HttpMessageHandler? inner = null)
    {
        var client = new HttpClient(Handler(configure, inner));
        _clients.Add(client);
        return client;
    }

    /// <summary>What a client sends through.</summary>
    public RollcallHandler Handler(Action<RollcallClientOptions>? configure = null, HttpMessageHandler? inner = null)
    {
        var options = new RollcallClientOptions { Balancer = Settings.Policy };
        configure?.Invoke(options);
        return new RollcallHandler(Context, options)
        {
            InnerHandler = inner ?? new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromMilliseconds(300) },
        };
    }

    /// <summary>Requests in flight to the only endpoint of <c>orders</c>, as a client sees it that has sent to it.</summary>
    public int InFlight(string scheme = "http") => Router.Find(new Uri($"{scheme}://orders"), Settings)!.Current!.Groups[0].Pick(PickContext.None).Endpoint.InFlight;

    /// <summary>Sets the endpoints and waits until routes of <c>http://orders</c> made so far have them.</summary>
    public async Task SetAsync(params Endpoint[] endpoints)
    {
        Source.Set(endpoints);
        using var watch = Resolver.Watch(FakeSource.Target);
        await Eventually.True(() => watch.Current is { } set && set.Endpoints.SequenceEqual(endpoints.OrderBy(static e => e.Id, StringComparer.Ordinal)));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            client.Dispose();
        Router.Dispose();
        _timers.Dispose();
        await Resolver.DisposeAsync();
    }
}

/// <summary>Answers without a network, and remembers what it was asked.</summary>
internal sealed class RecordingHandler(Func<HttpRequestMessage, HttpResponseMessage>? answer = null) : HttpMessageHandler
{
    private readonly List<Uri> _uris = [];

    public IReadOnlyList<Uri> Uris => _uris;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        lock (_uris)
            _uris.Add(request.RequestUri!);
        return Task.FromResult(answer?.Invoke(request) ?? new HttpResponseMessage { RequestMessage = request });
    }
}
