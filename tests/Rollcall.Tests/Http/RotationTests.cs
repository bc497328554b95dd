using System.Runtime.CompilerServices;
using Rollcall.Http;
using Rollcall.TestKit;
using Rollcall.Watching;

namespace Rollcall.Tests.Http;

/// <summary>Handlers come and go, watches stay: what IHttpClientFactory does every two minutes, ten thousand times.</summary>
public sealed class RotationTests
{
    [Fact]
    public async Task Rotation_TenThousandTimes_LeavesOneWatchAndNoGrowth()
    {
        await using var bench = new HttpBench();
        await bench.SetAsync(new Endpoint("a", "10.0.0.1", 80));
        await RotateAsync(bench, 100);
        var timers = bench.Time.PendingTimers;

        var handlers = await RotateAsync(bench, 10_000);

        Assert.Equal(1, bench.Resolver.WatchCount);
        Assert.Equal(1, bench.Source.Attempts);
        Assert.Equal(1, bench.Source.Open);
        Assert.Equal(1, bench.Router.Count);
        Assert.Equal(timers, bench.Time.PendingTimers);

        // Whoever had a handler registered anywhere would keep it alive. The last one may still be in a register.
        GC.Collect();
        Assert.InRange(handlers.Count(static handler => handler.TryGetTarget(out _)), 0, 2);
    }

    [Fact]
    public async Task Dispose_Router_GivesItsWatchBack()
    {
        await using var bench = new HttpBench();
        await bench.SetAsync(new Endpoint("a", "10.0.0.1", 80));
        await RotateAsync(bench, 10);

        bench.Router.Dispose();
        await bench.Time.AdvanceUntilAsync(() => bench.Source.Open == 0, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(3));

        Assert.Equal(0, bench.Resolver.WatchCount);
        Assert.Throws<ObjectDisposedException>(() => bench.Router.Find(new Uri("http://orders"), HttpBench.Settings));
        Assert.Equal(0, bench.Resolver.WatchCount);
    }

    [Fact]
    public async Task Update_NameLeadsElsewhere_NewRouteAndTheOldWatchEnds()
    {
        await using var bench = new HttpBench();
        await bench.SetAsync(new Endpoint("a", "10.0.0.1", 80));
        var uri = new Uri("http://orders/");
        var before = bench.Router.Find(uri, HttpBench.Settings)!;

        bench.Router.Update(Names("orders", "fake:///other"));
        var after = bench.Router.Find(uri, HttpBench.Settings)!;
        bench.Router.Update(Names("orders", "fake:///other"));

        Assert.NotSame(before, after);
        Assert.Equal("fake:///other", after.Target.ToString());
        Assert.Same(after, bench.Router.Find(uri, HttpBench.Settings));
        Assert.Equal(1, bench.Router.Count);
        await bench.Time.AdvanceUntilAsync(() => bench.Resolver.WatchCount == 1, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(3));

        bench.Router.Update(Names("payments", "fake:///payments"));
        Assert.Null(bench.Router.Find(uri, HttpBench.Settings));
    }

    [Fact]
    public async Task Find_ManyThreadsWhileNamesChange_LeavesNoWatchBehind()
    {
        await using var bench = new HttpBench();
        bench.Source.Set(new Endpoint("a", "10.0.0.1", 80));
        var uri = new Uri("http://orders/");

        await Eventually.Within(Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 500; i++)
            {
                if (thread == 0)
                    bench.Router.Update(Names("orders", $"fake:///{(i % 2 == 0 ? "one" : "two")}"));
                else
                    Assert.NotNull(bench.Router.Find(uri, HttpBench.Settings));
            }
        }))));
        bench.Router.Update(Names("orders", "fake:///last"));
        Assert.NotNull(bench.Router.Find(uri, HttpBench.Settings));

        await bench.Time.AdvanceUntilAsync(() => bench.Resolver.WatchCount == 1, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(3));
    }

    [Fact]
    public async Task Find_TwoThreadsMakeTheSameRoute_OneStaysAndTheOtherGivesItsWatchBack()
    {
        using var meeting = new MeetingSource();
        await using var resolver = new ServiceResolver(meeting, new WatchOptions { Linger = TimeSpan.Zero });
        using var router = new ServiceRouter(HttpBench.Selectors(resolver), Names("orders", "meeting:///orders"));

        var found = await Eventually.Within(Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => router.Find(new Uri("http://orders"), HttpBench.Settings)))));

        Assert.NotNull(found[0]);
        Assert.Same(found[0], found[1]);
        router.Dispose();
        await Eventually.True(() => resolver.WatchCount == 0);
    }

    private static ServiceNames Names(string name, string target) => new([KeyValuePair.Create(name, ServiceTarget.Parse(target))], null);

    private static async Task<List<WeakReference<RollcallHandler>>> RotateAsync(HttpBench bench, int times)
    {
        List<WeakReference<RollcallHandler>> handlers = [];
        using var inner = new RecordingNothing();
        for (var i = 0; i < times; i++)
        {
            using var handler = new RollcallHandler(bench.Context, new RollcallClientOptions()) { InnerHandler = inner };
            using var client = new HttpClient(handler, disposeHandler: false);
            using var response = await client.GetAsync("http://orders/");
            handlers.Add(new(handler));
        }

        return handlers;
    }

    private sealed class RecordingNothing : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage());
    }

    // Whoever begins to watch waits until a second one does.
    private sealed class MeetingSource : IDiscoverySource, IDisposable
    {
        private readonly Barrier _barrier = new(2);

        public IReadOnlyCollection<string> Schemes { get; } = ["meeting"];

        public void Validate(ServiceTarget target) => _barrier.SignalAndWait(Eventually.Limit);

        public ValueTask<EndpointSet> DiscoverAsync(ServiceTarget target, CancellationToken cancellationToken) => throw new NotSupportedException();

        public async IAsyncEnumerable<EndpointSet> WatchAsync(ServiceTarget target, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            yield return new EndpointSet(target, [], 1, DateTimeOffset.UnixEpoch);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        public void Dispose() => _barrier.Dispose();
    }
}
