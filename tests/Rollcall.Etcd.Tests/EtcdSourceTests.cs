using System.Net;
using System.Text;
using Rollcall.TestKit;
using Rollcall.TestKit.Network;
using Rollcall.TestKit.Sources;

namespace Rollcall.Etcd.Tests;

/// <summary>Against real etcd servers.</summary>
public sealed class EtcdSourceTests
{
    private static readonly string One = Go("10.0.0.1:80");

    [Fact]
    public async Task A_member_that_dies_is_followed_by_the_next_without_a_doubt_in_between()
    {
        await using var cluster = await EtcdCluster.StartAsync(3);
        await cluster.PutAsync("orders/a", One);
        await using var watch = Watch(cluster);
        await Eventually.True(() => watch.Last is not null);

        await cluster.StopAsync(0);
        await cluster.IsWellAsync();
        await cluster.PutAsync("orders/b", Go("10.0.0.2:80"));

        await Eventually.True(() => Ids(watch) == "a b");
        Assert.All(watch.Seen, static set => Assert.True(set.Freshness.IsLive, set.Freshness.ToString()));
    }

    [Fact]
    public async Task A_member_that_has_lost_its_leader_is_left_and_the_whole_cluster_gone_is_stale()
    {
        await using var cluster = await EtcdCluster.StartAsync(3);
        await cluster.PutAsync("orders/a", One);
        await using var watch = Watch(cluster, options =>
        {
            options.AnswerTimeout = TimeSpan.FromSeconds(1);
            // It is the member that says so, not the comparison.
            options.SilenceCheck = TimeSpan.FromHours(1);
        });
        await Eventually.True(() => watch.Last is not null);

        // The watched member lives on, but without a majority.
        await cluster.StopAsync(1);
        await cluster.StopAsync(2);
        await Eventually.True(() => watch.Last!.Freshness.Kind == FreshnessKind.Stale);

        cluster.Start(1);
        cluster.Start(2);
        await cluster.IsWellAsync();
        await cluster.PutAsync("orders/b", Go("10.0.0.2:80"));
        await Eventually.True(() => watch.Last!.Freshness.IsLive && Ids(watch) == "a b");
    }

    [Fact]
    public async Task A_frozen_member_is_noticed_by_the_comparison()
    {
        await using var cluster = await EtcdCluster.StartAsync(3);
        await cluster.PutAsync("orders/a", One);
        await using var watch = Watch(cluster, options =>
        {
            options.SilenceCheck = TimeSpan.FromSeconds(1);
            options.AnswerTimeout = TimeSpan.FromSeconds(1);
        });
        await Eventually.True(() => watch.Last is not null);
        cluster.Freeze(0, frozen: true);
        try
        {
            using var other = new HttpClient();
            var body = new StringContent($$"""{"key":"{{Base64("orders/b")}}","value":"{{Base64(One)}}"}""", Encoding.UTF8);
            await Eventually.True(() => PutsAsync(other, cluster.Members[1], body).GetAwaiter().GetResult());
            await Eventually.True(() => Ids(watch) == "a b");
            Assert.All(watch.Seen, static set => Assert.True(set.Freshness.IsLive, set.Freshness.ToString()));
        }
        finally
        {
            cluster.Freeze(0, frozen: false);
        }
    }

    [Fact]
    public async Task A_watch_whose_connection_has_died_silently_is_noticed_by_the_comparison()
    {
        await using var cluster = await EtcdCluster.StartAsync();
        await cluster.PutAsync("orders/a", One);
        await using var proxy = await DeafProxy.StartAsync(cluster.Members[0]);
        var options = new EtcdSourceOptions { Endpoints = { proxy.Url }, SilenceCheck = TimeSpan.FromSeconds(1) };
        await using var watch = new WatchRecorder(new EtcdSource(options), ServiceTarget.Parse("etcd:///orders"));
        await Eventually.True(() => watch.Last is not null && proxy.Watches == 1);

        // Nothing has changed: the comparison finds nothing, and the watch stays.
        await Eventually.True(() => proxy.Ranges >= 3);
        Assert.Equal(1, proxy.Watches);

        await cluster.PutAsync("orders/b", Go("10.0.0.2:80"));
        await Eventually.True(() => proxy.Watches >= 2 && Ids(watch) == "a b");
    }

    [Fact]
    public async Task What_was_compacted_meanwhile_is_listed_again()
    {
        await using var cluster = await EtcdCluster.StartAsync();
        await cluster.PutAsync("orders/a", One);
        await using var relay = new Relay(new IPEndPoint(IPAddress.Loopback, cluster.Members[0].Port));
        await using var proxy = await DeafProxy.StartAsync(cluster.Members[0], beforeWatch: async () =>
        {
            await cluster.PutAsync("orders/a", Go("10.0.0.9:80"));
            await cluster.PutAsync("orders/a", Go("10.0.0.8:80"));
            var revision = (await cluster.CallAsync("kv/range", new { key = "AA==" })).GetProperty("header").GetProperty("revision").GetString();
            await cluster.CallAsync("kv/compaction", new { revision });
        });
        await using var watch = new WatchRecorder(new EtcdSource(new EtcdSourceOptions { Endpoints = { proxy.Url } }), ServiceTarget.Parse("etcd:///orders"));
        await Eventually.True(() => watch.Last?.Endpoints is [{ Host: "10.0.0.8" }]);
        Assert.True(proxy.Ranges >= 2);
        Assert.All(watch.Seen, static set => Assert.True(set.Freshness.IsLive, set.Freshness.ToString()));
    }

    [Fact]
    public async Task Users_need_their_password_and_permission_and_tokens_are_renewed()
    {
        // The shortest life of a token that etcd knows.
        await using var cluster = await EtcdCluster.StartAsync(options: ["--auth-token-ttl", "1"]);
        await cluster.PutAsync("orders/a", One);
        foreach (var (path, body) in new (string, object)[]
        {
            ("auth/user/add", new { name = "root", password = "r" }), ("auth/role/add", new { name = "root" }), ("auth/user/grant", new { user = "root", role = "root" }),
            ("auth/user/add", new { name = "reader", password = "secret-7" }), ("auth/role/add", new { name = "reader" }), ("auth/user/grant", new { user = "reader", role = "reader" }),
            ("auth/role/grant", new { name = "reader", perm = new { permType = "READ", key = Base64("orders/"), range_end = Base64("orders0") } }), ("auth/enable", new { }),
        })
            await cluster.CallAsync(path, body);
        var source = new EtcdSource(new EtcdSourceOptions { Endpoints = { cluster.Members[0] }, Username = "reader", Password = "secret-7" });

        Assert.Single((await DiscoverAsync(source, "etcd:///orders")).Endpoints);
        await Eventually.True(() => !TokenLives(cluster).GetAwaiter().GetResult());
        Assert.Single((await DiscoverAsync(source, "etcd:///orders")).Endpoints);

        var forbidden = await Assert.ThrowsAsync<DiscoveryException>(() => DiscoverAsync(source, "etcd:///billing"));
        Assert.Contains("etcdctl role grant-permission ROLE read --prefix billing/", forbidden.Message, StringComparison.Ordinal);
        var anonymous = await Assert.ThrowsAsync<DiscoveryException>(() => DiscoverAsync(new EtcdSource(new EtcdSourceOptions { Endpoints = { cluster.Members[0] } }), "etcd:///orders"));
        Assert.Contains("Rollcall:Etcd:Username", anonymous.Message, StringComparison.Ordinal);
        var wrong = await Assert.ThrowsAsync<DiscoveryException>(() => DiscoverAsync(new EtcdSource(new EtcdSourceOptions { Endpoints = { cluster.Members[0] }, Username = "reader", Password = "secret-8" }), "etcd:///orders"));
        Assert.Contains("Correct the user or the password", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-8", wrong.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_where_none_is_needed_does_no_harm()
    {
        await using var cluster = await EtcdCluster.StartAsync();
        await cluster.PutAsync("orders/a", One);
        var source = new EtcdSource(new EtcdSourceOptions { Endpoints = { cluster.Members[0] }, Username = "reader", Password = "x" });
        Assert.Single((await DiscoverAsync(source, "etcd:///orders")).Endpoints);
    }

    [Fact]
    public async Task Members_over_TLS_are_trusted_by_their_authority_and_shown_a_certificate()
    {
        using var authority = new TestAuthority();
        var directory = Directory.CreateTempSubdirectory("rollcall-etcd-tls-").FullName;
        try
        {
            var ca = authority.WriteTo(Path.Combine(directory, "ca.pem"));
            var server = TestAuthority.Write(authority.IssueServer(["127.0.0.1"], alsoForClients: true), directory, "server");
            var clientCertificate = authority.IssueClient("reader");
            var client = TestAuthority.Write(clientCertificate, directory, "client");
            var handler = new SocketsHttpHandler { UseProxy = false };
            handler.SslOptions.ClientCertificates = [clientCertificate];
            handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => string.Equals(shown?.Issuer, authority.Certificate.Subject, StringComparison.Ordinal);
            await using var cluster = await EtcdCluster.StartAsync(
                1, "https", ["--cert-file", server.CertificateFile, "--key-file", server.KeyFile, "--trusted-ca-file", ca, "--client-cert-auth"], handler);
            await cluster.PutAsync("orders/a", One);
            var target = $"etcd://127.0.0.1:{cluster.Members[0].Port}/orders";

            var source = new EtcdSource(new EtcdSourceOptions { Tls = { CaFile = ca, CertificateFile = client.CertificateFile, KeyFile = client.KeyFile } });
            Assert.Single((await DiscoverAsync(source, target)).Endpoints);
            await using var watch = new WatchRecorder(source, ServiceTarget.Parse(target));
            await Eventually.True(() => watch.Last is not null);
            await cluster.PutAsync("orders/b", One);
            await Eventually.True(() => Ids(watch) == "a b");

            var untrusted = await Assert.ThrowsAsync<DiscoveryException>(() => DiscoverAsync(new EtcdSource(new EtcdSourceOptions { Endpoints = { cluster.Members[0] } }), "etcd:///orders"));
            Assert.Contains("nobody we trust has signed", untrusted.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<DiscoveryException>(() => DiscoverAsync(new EtcdSource(new EtcdSourceOptions { Endpoints = { cluster.Members[0] }, Tls = { CaFile = ca } }), "etcd:///orders"));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Ten_thousand_records_and_a_bad_one()
    {
        await using var cluster = await EtcdCluster.StartAsync();
        var records = Enumerable.Range(0, 9_999).ToDictionary(static i => $"o{i:00000}", static i => Go($"10.0.{i / 256}.{i % 256}:80"), StringComparer.Ordinal);
        records.Add("p", "{\"Addr\":5}");
        await cluster.ReplaceAsync("orders/", records);
        await using var watch = Watch(cluster);
        await Eventually.True(() => watch.Last is not null);
        Assert.Equal(9_999, watch.Last!.Endpoints.Length);
        Assert.Equal(FreshnessKind.Fallback, watch.Last.Freshness.Kind);
        Assert.Contains("1 of 10000 records in etcd under orders/ make no sense and are left out: p ('Addr' must be text", watch.Last.Freshness.Reason, StringComparison.Ordinal);

        await cluster.PutAsync("orders/p", One);
        await Eventually.True(() => watch.Last.Freshness.IsLive && watch.Last.Endpoints.Length == 10_000);
        await cluster.PutAsync("orders/q", One);
        await Eventually.True(() => watch.Last.Freshness.Kind == FreshnessKind.Stale);
        Assert.Contains("more than 10000 keys", watch.Last.Freshness.Reason, StringComparison.Ordinal);
    }

    private static async Task<bool> PutsAsync(HttpClient http, Uri member, StringContent body)
    {
        try
        {
            using var response = await http.PostAsync(new Uri(member, "v3/kv/put"), body);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    // A token of the same life as that of the source, taken after it.
    private static async Task<bool> TokenLives(EtcdCluster cluster)
    {
        cluster.Token ??= (await cluster.CallAsync("auth/authenticate", new { name = "root", password = "r" })).GetProperty("token").GetString();
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System);
        try
        {
            await cluster.CallAsync("kv/range", new { key = "AA==" });
            return true;
        }
        catch (HttpRequestException)
        {
            cluster.Token = null;
            return false;
        }
    }

    private static WatchRecorder Watch(EtcdCluster cluster, Action<EtcdSourceOptions>? change = null)
    {
        var options = new EtcdSourceOptions();
        change?.Invoke(options);
        // With this seed a watch begins at the first member.
        return new WatchRecorder(new EtcdSource(options, random: new Random(1)), ServiceTarget.Parse($"etcd://{string.Join(',', cluster.Members.Select(static member => member.Authority))}/orders"));
    }

    private static Task<EndpointSet> DiscoverAsync(EtcdSource source, string target) => Eventually.Within(source.DiscoverAsync(ServiceTarget.Parse(target), CancellationToken.None).AsTask());

    private static string Ids(WatchRecorder watch) => string.Join(' ', watch.Last!.Endpoints.Select(static endpoint => endpoint.Id));

    private static string Go(string address) => $$$"""{"Op":0,"Addr":"{{{address}}}","Metadata":{"zone":"a"}}""";

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
