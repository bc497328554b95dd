using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Rollcall.Balancing;

namespace Rollcall.Benchmarks;

/// <summary>
/// What routing by name adds to one request: the same client with and without Rollcall, in front of a handler that answers at once.
/// The work of a real exchange (sockets, parsing) is left out, so the difference is all there is to see.
/// </summary>
[MemoryDiagnoser]
public class HttpBenchmarks : IDisposable
{
    private ServiceProvider _provider = null!;
    private HttpClient _plain = null!;
    private HttpClient _roundRobin = null!;
    private HttpClient _leastRequests = null!;

    /// <summary>Whether the length of the response's body is known from its head; if not, Rollcall watches for its end.</summary>
    [Params(true, false)]
    public bool KnownLength { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var services = new ServiceCollection();
        services.AddRollcall(static options => options.Services["orders"] = "static:///10.0.0.1:80,10.0.0.2:80,10.0.0.3:80");
        Add(services.AddHttpClient("plain"));
        Add(services.AddHttpClient(Balancers.RoundRobin).UseRollcall());
        Add(services.AddHttpClient(Balancers.LeastRequests).UseRollcall(static options => options.Balancer = Balancers.LeastRequests));
        _provider = services.BuildServiceProvider();
        var factory = _provider.GetRequiredService<IHttpClientFactory>();
        _plain = factory.CreateClient("plain");
        _roundRobin = factory.CreateClient(Balancers.RoundRobin);
        _leastRequests = factory.CreateClient(Balancers.LeastRequests);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _provider?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true, Description = "HttpClient to an address")]
    public Task<int> PlainAsync() => SendAsync(_plain, "http://10.0.0.1:80/v1/orders/7?expand=items");

    [Benchmark(Description = "by name, round-robin")]
    public Task<int> RoundRobinAsync() => SendAsync(_roundRobin, "http://orders/v1/orders/7?expand=items");

    [Benchmark(Description = "by name, least-requests")]
    public Task<int> LeastRequestsAsync() => SendAsync(_leastRequests, "http://orders/v1/orders/7?expand=items");

    private static async Task<int> SendAsync(HttpClient client, string uri)
    {
        using var response = await client.GetAsync(uri);
        return (int)response.StatusCode;
    }

    // Without the factory's own logging handlers, which would be most of what is measured.
    private void Add(IHttpClientBuilder client) => client.RemoveAllLoggers().ConfigurePrimaryHttpMessageHandler(() => new Instant(KnownLength));

    private sealed class Instant(bool knownLength) : HttpMessageHandler
    {
        private static readonly byte[] Body = "{\"id\":7}"u8.ToArray();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            // As a real one does, it ends later and on another stack, and reads the address.
            await Task.Yield();
            _ = request.RequestUri!.IdnHost.Length + request.RequestUri.Port;
            return new HttpResponseMessage { RequestMessage = request, Content = knownLength ? new ByteArrayContent(Body) : new Streamed() };
        }
    }

    private sealed class Streamed : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) => stream.WriteAsync("{\"id\":7}"u8.ToArray()).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
