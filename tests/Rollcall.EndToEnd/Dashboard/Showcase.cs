using System.Globalization;
using Rollcall.EndToEnd.Faults;
using Rollcall.TestKit;

namespace Rollcall.EndToEnd.Dashboard;

/// <summary>A registry as it might be somewhere: what the pages are looked at with.</summary>
internal sealed class Showcase : IAsyncDisposable
{
    private static readonly (string Service, int Count)[] Services =
    [
        ("auth", 4), ("billing", 5), ("cart", 6), ("catalog", 9), ("checkout", 6), ("email", 2), ("fraud", 3), ("inventory", 6), ("ledger", 3), ("orders", 6), ("pricing", 4),
        ("profile", 3), ("recommendations", 8), ("search", 5), ("sessions", 3), ("shipping", 4), ("warehouse", 3),
    ];

    private static readonly (string Caller, int Count, string[] Calls)[] Callers =
    [
        ("checkout", 6, ["orders", "billing", "cart", "auth"]), ("cart", 6, ["catalog", "pricing", "inventory"]), ("orders", 6, ["inventory", "ledger", "shipping"]), ("billing", 5, ["ledger", "fraud"]),
        ("storefront", 2, ["catalog", "search", "recommendations"]), ("mobile-api", 3, ["checkout", "search", "auth"]),
    ];

    // Whom some of them avoid, as they report it.
    private static readonly Dictionary<(string Caller, string Service), string> Findings = new()
    {
        [("cart-1", "catalog")] = "\"catalog-4\";reason=latency;times=2;success=0.99;latency=0.91",
        [("cart-3", "catalog")] = "\"catalog-4\";reason=latency;times=1;success=1;latency=0.88",
        [("storefront-1", "catalog")] = "\"catalog-4\";reason=latency;times=3;success=0.98;latency=1.2",
        [("mobile-api-2", "search")] = "\"search-2\";reason=success-rate;times=1;success=0.71;latency=0.04",
        [("checkout-4", "orders")] = "\"orders-6\";reason=failures;times=1;success=0.94;latency=0.02",
    };

    private readonly DashboardNode _node;
    private readonly CancellationTokenSource _end = new();
    private readonly List<Task> _watching = [];
    private readonly List<RealProcess> _processes = [];
    private readonly string _directory = Directory.CreateTempSubdirectory("rollcall-showcase-").FullName;
    private readonly HttpClient _http;

    private Showcase(DashboardNode node)
    {
        _node = node;
        _http = new HttpClient { BaseAddress = new Uri(node.GatewayUrl), Timeout = Eventually.Limit };
    }

    /// <summary>When everybody was there, and nothing had happened yet.</summary>
    public DateTimeOffset Begun { get; private set; }

    public static async Task<Showcase> OpenAsync(DashboardNode node)
    {
        var showcase = new Showcase(node);
        foreach (var (service, count) in Services)
        {
            for (var i = 1; i <= count; i++)
            {
                await node.RegisterAsync(
                    service, $"{service}-{i}", "abc"[i % 3].ToString(), i % 4 == 0 ? "v42" : "v41", address: string.Create(CultureInfo.InvariantCulture, $"10.0.{service.Length}.{10 + i}"));
            }
        }

        await node.SetNotReadyAsync("billing", "billing-2", "warming up: 1,240 of 8,000 invoices read");
        await node.SetNotReadyAsync("search", "search-5", "index is 12 m behind");
        for (var i = 1; i <= 3; i++)
            await node.SetNotReadyAsync("warehouse", $"warehouse-{i}", "connection to the database refused");
        showcase.Watch();
        await showcase.StartBackendsAsync();
        showcase.Begun = DateTimeOffset.UtcNow;
        return showcase;
    }

    /// <summary>Some changes; and traffic from now on.</summary>
    public async Task LiveAsync(TimeSpan span)
    {
        _watching.Add(SendAsync());
        var start = TimeProvider.System.GetTimestamp();
        string[] unsettled = ["orders-4", "orders-2", "orders-6", "orders-5"];
        for (var round = 0; TimeProvider.System.GetElapsedTime(start) < span; round++)
        {
            if (round % 25 == 5)
                await _node.RegisterAsync("catalog", $"catalog-{10 + round / 25}", "abc"[round / 25 % 3].ToString(), "v42");
            if (round % 60 == 9)
                await _node.DeregisterAsync("recommendations", $"recommendations-{8 - round / 60}");
            if (round % 30 == 11)
                await _node.SetNotReadyAsync("cart", $"cart-{1 + round / 30}", "too many open baskets");
            else if (round % 30 == 25)
                await _node.SetReadyAsync("cart", $"cart-{1 + round / 30}");
            var id = unsettled[round / 30 % unsettled.Length];
            if (round % 30 == 3)
                await _node.SetNotReadyAsync("orders", id, "check failed: 503 after 12 ms");
            else if (round % 30 == 21)
                await _node.SetReadyAsync("orders", id);
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        await _node.SetReadyAsync("orders", "orders-4");
        await _node.SetNotReadyAsync("orders", "orders-2", "check failed: 503 after 12 ms");
        await _node.SetReadyAsync("orders", "orders-6");
        await _node.DrainAsync("orders", "orders-5");
        await _node.DeregisterAsync("orders", "orders-3");
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_watching);
        foreach (var process in _processes)
            process.Dispose();
        _http.Dispose();
        _end.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                using var answer = await _http.GetAsync(new Uri("/shop", UriKind.Relative), _end.Token);
                await Task.Delay(TimeSpan.FromMilliseconds(15), TimeProvider.System, _end.Token);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or HttpRequestException)
        {
            // It is over.
        }
    }

    private void Watch()
    {
        foreach (var (caller, count, calls) in Callers)
        {
            foreach (var service in calls)
                _watching.AddRange(Enumerable.Range(1, count).Select(i => _node.WatchAsync(service, $"{caller}-{i}", _end.Token, Findings.GetValueOrDefault(($"{caller}-{i}", service)))));
        }
    }

    // Those behind the gateway are real, since requests are sent to them.
    private async Task StartBackendsAsync()
    {
        foreach (var (service, id) in new[] { ("storefront", "storefront-1"), ("storefront", "storefront-2"), ("storefront-next", "storefront-next-1") })
        {
            _processes.Add(RealProcess.Start(
                "Rollcall.Backend",
                "Rollcall.Backend",
                ["--service", service, "--id", id, "--delay", id.EndsWith('2') ? "9" : "4"],
                new Dictionary<string, string>(StringComparer.Ordinal) { ["ROLLCALL_NODE"] = _node.Url, ["ROLLCALL_ZONE"] = "a" },
                Path.Combine(_directory, id + ".log")));
        }

        var limit = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using var answer = await _http.GetAsync(new Uri("/shop", UriKind.Relative));
            if (answer.IsSuccessStatusCode)
                return;
            if (TimeProvider.System.GetElapsedTime(limit) > Eventually.Limit)
                throw new TimeoutException($"The gateway answers {answer.StatusCode}.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }
}
