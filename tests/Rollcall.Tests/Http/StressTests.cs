using Rollcall.TestKit;

namespace Rollcall.Tests.Http;

/// <summary>Many requests at once over endpoints that fail at random and change all the time: nothing is lost, and nothing is left over.</summary>
public sealed class StressTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Requests_WhileEndpointsFailAndChange_AllSucceedAndNoneStaysInFlight(int seed)
    {
        await using var bench = new HttpBench();
        await bench.SetAsync(Endpoints(new Random(seed)));
        using var client = bench.Client(
            options =>
            {
                options.Balancer = seed % 2 == 0 ? "least-requests" : "round-robin";
                options.MaxAttempts = 10;
            },
            new Moody(seed));
        var route = bench.Router.Find(new Uri("http://orders"), new() { Policy = seed % 2 == 0 ? "least-requests" : "round-robin" })!;
        using var metrics = new Tries(bench.Metrics);
        var random = new Random(seed);

        await Eventually.Within(Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                if (worker == 0 && i % 4 == 0)
                    Change(bench, random);
                Assert.Equal("ok", await client.GetStringAsync("http://orders/"));
            }
        }))));

        Assert.Equal(4_000, metrics["answered"]);
        Assert.True(metrics["unreachable"] > 0 && metrics["reset"] > 0);
        Assert.All(Enumerable.Range(0, 1_000), _ => Assert.Equal(0, route.Current!.Groups[0].Pick(PickContext.None).Endpoint.InFlight));
    }

    // Two that never fail and never leave, so that ten attempts are always enough.
    private static Endpoint[] Endpoints(Random random) =>
    [
        new("good-1", "10.0.1.1", 80),
        new("good-2", "10.0.1.2", 80),
        .. Enumerable.Range(0, 6).Where(_ => random.Next(2) == 0).Select(i => new Endpoint($"moody-{i}", $"10.0.0.{i}", 80) { Weight = random.Next(1, 101) }),
    ];

    // Between requests and not by the clock: on a busy machine all of them could be over before the first change.
    private static void Change(HttpBench bench, Random random)
    {
        bench.Source.Set(Endpoints(random));
        bench.Time.Advance(TimeSpan.FromMilliseconds(random.Next(100)));
    }

    private sealed class Moody(int seed) : HttpMessageHandler
    {
        private int _calls;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var mood = new Random((seed * 1_000_003) + Interlocked.Increment(ref _calls)).Next(6);
            await Task.Yield();
            var isGood = request.RequestUri!.Host.StartsWith("10.0.1.", StringComparison.Ordinal);
            return mood switch
            {
                0 or 1 when !isGood => throw new HttpRequestException(HttpRequestError.ConnectionError),
                2 when !isGood => throw new HttpRequestException(HttpRequestError.ResponseEnded),
                3 => new HttpResponseMessage { Content = new StreamContent(new NotSeekableStream("ok"u8.ToArray())) },
                _ => new HttpResponseMessage { Content = new StringContent("ok") },
            };
        }
    }
}
