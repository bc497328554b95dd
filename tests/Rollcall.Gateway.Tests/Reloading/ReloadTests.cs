using Microsoft.Extensions.DependencyInjection;
using Rollcall.Gateway.Reloading;
using Rollcall.TestKit;

namespace Rollcall.Gateway.Tests.Reloading;

public sealed class ReloadTests
{
    [Fact]
    public async Task A_changed_file_comes_into_force_by_itself()
    {
        await using var before = await TestBackEnd.SayingAsync("before");
        await using var after = await TestBackEnd.SayingAsync("after");
        await using var gateway = await TestGateway.StartAsync($"default: {before.Target}");
        Assert.Equal("before", await gateway.GetAsync("/"));
        var first = Follower(gateway).Last!.InForceSince;

        await File.WriteAllTextAsync(gateway.File, $"default: {after.Target}");

        // It may be seen while it is still empty, which is right as well.
        await Eventually.True(() => gateway.Host.Routes.Current.Clusters.ContainsKey(after.Target) && Follower(gateway).Last!.InForceSince > first);
        Assert.Equal("after", await gateway.GetAsync("/"));
    }

    [Fact]
    public async Task Certificates_of_a_cluster_that_are_renewed_are_used_though_the_file_stays()
    {
        var directory = Directory.CreateTempSubdirectory("trust-");
        try
        {
            var (served, trusted) = (Path.Combine(directory.FullName, "served.pem"), Path.Combine(directory.FullName, "ca.pem"));
            TestCertificate.Write(served, "new", "localhost");
            TestCertificate.Write(trusted, "old", "localhost");
            await using var hello = await TestBackEnd.SayingAsync("hello");
            await using var encrypted = await TestGateway.StartAsync($"certificates: [{{ file: {served} }}]\ndefault: {hello.Target}", urls: "https://127.0.0.1:0");
            await using var gateway = await TestGateway.StartAsync($$"""
                clusters:
                  far: { target: "static:///localhost:{{encrypted.Client.BaseAddress!.Port}}", scheme: https, tls: { caFile: {{trusted}} } }
                default: far
                """);
            using (var refused = await gateway.Client.GetAsync(new Uri("/", UriKind.Relative)))
                Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, refused.StatusCode);

            await File.WriteAllTextAsync(trusted, await File.ReadAllTextAsync(served));
            File.SetLastWriteTimeUtc(trusted, DateTime.UnixEpoch);
            await gateway.ReloadAsync();

            Assert.Equal("hello", await gateway.GetAsync("/"));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_wrong_file_is_refused_whole_and_the_old_one_stays()
    {
        await using var backEnd = await TestBackEnd.SayingAsync("before");
        await using var gateway = await TestGateway.StartAsync($"default: {backEnd.Target}");

        await File.WriteAllTextAsync(gateway.File, $$"""
            routes:
              good: { path: /good, to: {{backEnd.Target}} }
              bad: { path: /bad, to: nowhere }
            """);
        // It may be seen half written first, which is wrong as well.
        await Eventually.True(() => Follower(gateway).Last!.Error?.Contains("nowhere", StringComparison.Ordinal) == true);

        Assert.Contains("routes.yaml(3,26): route 'bad': there is no cluster 'nowhere'", Follower(gateway).Last!.Error, StringComparison.Ordinal);
        Assert.Equal("before", await gateway.GetAsync("/other"));
        await File.WriteAllTextAsync(gateway.File, $"default: {backEnd.Target}\nunmatched: 410");
        await Eventually.True(() => Follower(gateway).Last!.Error is null);
    }

    [Fact]
    public async Task Reloads_under_load_drop_no_request()
    {
        await using var one = await TestBackEnd.SayingAsync("one");
        await using var two = await TestBackEnd.SayingAsync("two");
        await using var gateway = await TestGateway.StartAsync($"default: {one.Target}");
        using var enough = new CancellationTokenSource();
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var clients = Enumerable.Range(0, 4).Select(async _ =>
        {
            while (!enough.IsCancellationRequested)
                seen.AddOrUpdate(await gateway.GetAsync("/x"), 1, static (_, count) => count + 1);
        }).ToArray();

        for (var i = 0; i < 30; i++)
        {
            // Every part changes: the route, its cluster, its transforms, its connections.
            await File.WriteAllTextAsync(gateway.File, $$"""
                clusters:
                  c{{i % 3}}: { target: "{{(i % 2 == 0 ? two : one).Target}}", connectTimeout: {{i + 1}}s }
                default: { to: c{{i % 3}}, transforms: [{ PathPrefix: "/p{{i}}" }] }
                """);
            await Follower(gateway).ReloadAsync(CancellationToken.None);
            Assert.Null(Follower(gateway).Last!.Error);
            var sofar = seen.Values.Sum();
            await Eventually.True(() => seen.Values.Sum() >= sofar + 20);
        }

        await enough.CancelAsync();
        await Task.WhenAll(clients).WaitAsync(Eventually.Limit);
        Assert.Equal(["one", "two"], seen.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_has_not_changed_stays_the_very_same()
    {
        await using var gateway = await TestGateway.StartAsync("""
            routes:
              a: { path: /a, to: static:///127.0.0.1:1 }
              b: { path: /b, to: static:///127.0.0.1:2 }
            """);
        var before = gateway.Host.Routes.Current;

        await File.WriteAllTextAsync(gateway.File, """
            # moved down
            routes:
              b: { path: /b, to: static:///127.0.0.1:3 }
              a: { path: /a, to: static:///127.0.0.1:1 }
            """);
        await Follower(gateway).ReloadAsync(CancellationToken.None);

        var after = gateway.Host.Routes.Current;
        Assert.Same(before.Find("a"), after.Find("a"));
        Assert.NotSame(before.Find("b"), after.Find("b"));
        Assert.Same(before.Clusters["static:///127.0.0.1:1"], after.Clusters["static:///127.0.0.1:1"]);
    }

    [Fact]
    public async Task A_file_that_was_refused_for_a_certificate_comes_into_force_when_that_is_there()
    {
        await using var before = await TestBackEnd.SayingAsync("before");
        await using var after = await TestBackEnd.SayingAsync("after");
        var time = new VirtualTime();
        await using var gateway = await TestGateway.StartAsync($"default: {before.Target}", services => services.AddSingleton<TimeProvider>(time));
        var certificate = Path.Combine(Path.GetDirectoryName(gateway.File)!, "late.pem");
        await File.WriteAllTextAsync(gateway.File, $"certificates: [{{ file: {certificate} }}]\ndefault: {after.Target}");
        await Until(() => Follower(gateway).Last!.Error?.Contains("late.pem cannot be used", StringComparison.Ordinal) == true);
        Assert.Equal("before", await gateway.GetAsync("/"));

        TestCertificate.Write(certificate, "late", "shop.example");
        await Until(() => Follower(gateway).Last!.Error is null);

        Assert.Equal("after", await gateway.GetAsync("/"));

        Task Until(Func<bool> condition) => Eventually.True(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return condition();
        });
    }

    private static RoutesFollower Follower(TestGateway gateway) => gateway.Host.Services.GetRequiredService<RoutesFollower>();
}
