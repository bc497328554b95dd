using Rollcall.Gateway.Forwarding;
using Rollcall.TestKit;

namespace Rollcall.Gateway.Tests.Forwarding;

public sealed class SplitTests
{
    [Fact]
    public async Task Splits_stickyByAHeader_keepEachKeyAtItsVersionWhileOneGrows()
    {
        await using var one = await TestBackEnd.SayingAsync("v1");
        await using var two = await TestBackEnd.SayingAsync("v2");
        await using var gateway = await TestGateway.StartAsync(Routes(one, two, 90, 10));
        var before = await VersionsAsync(gateway);
        var route = Route(gateway);

        Assert.Null(route.State.Split.Shift(new Dictionary<string, double>(StringComparer.Ordinal) { ["v2"] = 50 }, DateTimeOffset.UnixEpoch));
        var after = await VersionsAsync(gateway);

        Assert.InRange(before.Count(static version => version is "v2"), 3, 25);
        Assert.InRange(after.Count(static version => version is "v2"), 35, 65);
        for (var i = 0; i < before.Count; i++)
            Assert.False(before[i] is "v2" && after[i] is "v1", $"key {i} went back");

        // A request is counted when it is over, which its client may see sooner.
        await Eventually.True(() => route.State.Versions.Sum(static version => version.Read(0).Requests) == 200);
        Assert.Equal(after.Concat(before).Count(static version => version is "v2"), route.State.Versions[1].Read(0).Requests);
    }

    [Fact]
    public async Task Splits_withoutAKey_areSharedOutByChance()
    {
        await using var one = await TestBackEnd.SayingAsync("v1");
        await using var two = await TestBackEnd.SayingAsync("v2");
        await using var gateway = await TestGateway.StartAsync(Routes(one, two, 1, 1));
        var versions = new List<string>();
        for (var i = 0; i < 100; i++)
            versions.Add(await gateway.GetAsync("/orders"));

        Assert.InRange(versions.Count(static version => version is "v1"), 25, 75);
    }

    private static RunningRoute Route(TestGateway gateway) => gateway.Host.Routes.Current.Find("orders")!;

    private static async Task<List<string>> VersionsAsync(TestGateway gateway)
    {
        var versions = new List<string>();
        for (var i = 0; i < 100; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/orders", UriKind.Relative)) { Headers = { { "x-user", $"user-{i}" } } };
            using var answer = await gateway.Client.SendAsync(request);
            versions.Add(await answer.Content.ReadAsStringAsync());
        }

        return versions;
    }

    private static string Routes(TestBackEnd one, TestBackEnd two, int first, int second) => $$"""
        routes:
          orders:
            path: /orders
            stickyBy: header:x-user
            splits:
              - { version: v1, to: "{{one.Target}}", weight: {{first}} }
              - { version: v2, to: "{{two.Target}}", weight: {{second}} }
        """;
}
