using System.Globalization;
using System.Net.WebSockets;
using Rollcall.TestKit;

namespace Rollcall.EndToEnd.Faults;

/// <summary>
/// What breaks while 200 requests a second are sent, and must cost none of them. Everything is the real thing: processes, signals, sockets. How long each fault lasts is
/// set by the environment variable <c>ROLLCALL_FAULT_SECONDS</c>; <c>scripts/faults.sh</c> takes a minute for each.
/// </summary>
public abstract class FaultTests(Fleet fleet) : IAsyncLifetime
{
    // In the own zone, so that it is asked first where that matters.
    private const string Victim = "orders-1";

    private static readonly TimeSpan Lull = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(
        double.Parse(Environment.GetEnvironmentVariable("ROLLCALL_FAULT_SECONDS") ?? "5", CultureInfo.InvariantCulture));

    protected Fleet Fleet => fleet;

    /// <summary>Who sends, and to what.</summary>
    private protected abstract (HttpClient Http, Uri Url) Way { get; }

    /// <summary>The same, by one that prefers its own zone.</summary>
    private protected abstract (HttpClient Http, Uri Url) NearWay { get; }

    public virtual async ValueTask InitializeAsync() => await fleet.RestoreAsync();

    public abstract ValueTask DisposeAsync();

    [Fact]
    public Task An_instance_that_is_killed() => CostsNothingAsync(() => fleet[Victim].KillAsync());

    [Fact]
    public Task An_instance_that_is_frozen_for_ten_seconds() => CostsNothingAsync(
        () => Done(fleet[Victim].Freeze),
        () => Done(fleet[Victim].Thaw),
        TimeSpan.FromSeconds(10));

    [Fact]
    public Task An_instance_that_is_told_to_stop() => CostsNothingAsync(async () => Assert.Equal(0, await fleet[Victim].StopAsync()));

    [Fact]
    public async Task An_instance_that_comes_back_on_another_port()
    {
        var before = await fleet.AddressAsync(Victim);

        await CostsNothingAsync(async () =>
        {
            await fleet[Victim].KillAsync();
            fleet.StartInstance(Victim);
        });

        await fleet.AllAreReadyAsync();
        Assert.NotEqual(before, await fleet.AddressAsync(Victim));
    }

    [Fact]
    public Task An_instance_that_answers_500() => MisbehavesAsync("error");

    // Fifty times the 99th percentile of an instance that is well, which is at most 5 ms.
    [Fact]
    public Task An_instance_that_is_slow() => MisbehavesAsync("slow&delay=250");

    [Fact]
    public Task An_instance_that_accepts_and_never_answers() => MisbehavesAsync("hang");

    [Fact]
    public async Task All_instances_of_the_own_zone_killed()
    {
        var report = await CostsNothingAsync(() => Task.WhenAll(Fleet.Near.Select(id => fleet[id].KillAsync())), way: NearWay);

        // Before, they were sent everything; or nothing is proven.
        Assert.InRange(Fleet.Near.Sum(id => report.Served.GetValueOrDefault(id)), Traffic.Rate * Lull.TotalSeconds * 0.8, double.PositiveInfinity);
        Assert.InRange(report.Requests - Fleet.Near.Sum(id => report.Served.GetValueOrDefault(id)), Traffic.Rate * Hold.TotalSeconds * 0.8, double.PositiveInfinity);
    }

    [Fact]
    public Task The_node_killed() => CostsNothingAsync(() => fleet["node"].KillAsync(), () => Done(fleet.StartNode));

    [Fact]
    public Task An_instance_killed_while_the_node_is_gone() => CostsNothingAsync(async () =>
    {
        await fleet["node"].KillAsync();
        await fleet[Victim].KillAsync();
    });

    [Fact]
    public async Task Nobody_left_is_said_with_a_reason_and_over_when_somebody_is_there_again()
    {
        var (http, url) = Way;
        var report = await new Traffic(http, url).DuringAsync(async () =>
        {
            await Task.Delay(Lull, TimeProvider.System);
            await Task.WhenAll(Fleet.All.Select(id => fleet[id].KillAsync()));
            await Task.Delay(Hold, TimeProvider.System);
        });

        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
        Assert.True(report.Failures.Length > Traffic.Rate, report.ToString());
        Assert.All(report.Failures, failure =>
        {
            Assert.True(failure.At > Lull - TimeSpan.FromMilliseconds(100), failure.ToString());
            AssertSaysWhy(failure, wasUnderWay: failure.At < Lull + TimeSpan.FromMilliseconds(200));
        });

        await fleet.RestoreAsync();
        await Eventually.Within(AnsweredAsync(http, url));
        await CostsNothingAsync(static () => Task.CompletedTask);
    }

    [Fact]
    public async Task A_drained_instance_finishes_its_streams()
    {
        const int Items = 30;
        var (http, url) = Way;
        using var stream = await Eventually.Within(StreamAsync(http, url, Items));

        var told = fleet[stream.Instance].StopAsync();
        var items = 0;
        await foreach (var line in stream.LinesAsync())
            items += line == $"data: {stream.Instance} {items + 1}" ? 1 : 0;

        Assert.Equal(Items, items);
        Assert.Equal(0, await told);
    }

    [Fact]
    public async Task A_WebSocket_survives_changes_of_other_instances()
    {
        using var echo = await Eventually.Within(OpenWebSocketAsync());
        string[] others = [.. Fleet.All.Where(id => id != echo.Instance)];

        await SaysAllAgainAsync("before");
        await fleet[others[0]].KillAsync();
        await SaysAllAgainAsync("killed");
        await fleet[others[1]].StopAsync();
        await SaysAllAgainAsync("stopped");
        await fleet[others[2]].KillAsync();
        fleet.StartInstance(others[2]);
        fleet.StartInstance(others[0]);
        fleet.StartInstance(others[1]);
        await fleet.AllAreReadyAsync();
        await SaysAllAgainAsync("all there");

        Assert.Equal(WebSocketCloseStatus.NormalClosure, await echo.CloseAsync());

        async Task SaysAllAgainAsync(string when)
        {
            for (var i = 0; i < 20; i++)
            {
                Assert.Equal($"{when} {i}", await echo.SayAsync($"{when} {i}"));
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }
        }
    }

    private protected abstract Task<Echo> OpenWebSocketAsync();

    /// <summary>Whether a request that found nobody was told so; one that was under way may have lost its connections instead.</summary>
    private protected abstract void AssertSaysWhy(Failure failure, bool wasUnderWay);

    /// <summary>Breaks something while requests are sent; not one may fail.</summary>
    private protected async Task<TrafficReport> CostsNothingAsync(
        Func<Task> fault, Func<Task>? mend = null, TimeSpan atLeast = default, (HttpClient Http, Uri Url)? way = null)
    {
        var (http, url) = way ?? Way;
        var hold = Hold > atLeast ? Hold : atLeast;
        var report = await new Traffic(http, url).DuringAsync(async () =>
        {
            await Task.Delay(Lull, TimeProvider.System);
            await fault();
            await Task.Delay(hold, TimeProvider.System);
            if (mend is not null)
            {
                await mend();
                await Task.Delay(Lull, TimeProvider.System);
            }
        });

        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
        Assert.True(report.Failures.IsEmpty, $"{report}\n{fleet.Words()}");
        Assert.InRange(report.Requests, Traffic.Rate * (hold + Lull).TotalSeconds * 0.95, double.PositiveInfinity);
        return report;
    }

    private async Task MisbehavesAsync(string answer)
    {
        var instance = await fleet.AddressAsync(Victim);
        var before = await fleet.SpoiltAsync(instance);

        await CostsNothingAsync(() => Fleet.ControlAsync(instance, answer), () => Fleet.ControlAsync(instance, "ok"));

        Assert.True(await fleet.SpoiltAsync(instance) > before, "It was never asked, so that nothing is proven.");
    }

    private static async Task<EventLines> StreamAsync(HttpClient http, Uri url, int items)
    {
        var answer = await http.GetAsync(new Uri(url, string.Create(CultureInfo.InvariantCulture, $"/stream?items={items}&every=100")), HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        return await EventLines.OpenAsync(answer);
    }

    private static async Task AnsweredAsync(HttpClient http, Uri url)
    {
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(url);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // Nobody is known to be there yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    private static Task Done(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
