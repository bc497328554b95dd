using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Rollcall.TestKit;
using Rollcall.TestKit.Sources;
using Rollcall.TestKube;
using Rollcall.TestKube.Access;
using Rollcall.TestKube.Certificates;
using Rollcall.TestKube.Faults;

namespace Rollcall.Kubernetes.Tests.Reading;

/// <summary>Finding a cluster and proving who one is, over real TLS.</summary>
public sealed class AccessTests
{
    private static readonly ServiceTarget Orders = ServiceTarget.Parse("k8s:///shop/orders");

    [Fact]
    public async Task A_pod_uses_its_service_account_and_its_own_namespace_and_follows_the_token_as_it_rotates()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.1"));
        var directory = Path.Combine(cluster.Folder, "account");
        var first = cluster.Server.AddServiceAccount("shop", "caller", AccessRule.Read("shop", "endpointslices"));
        cluster.Server.WriteServiceAccount(directory, first, "shop");
        await using var source = cluster.Source(options =>
        {
            options.KubeConfig = null;
            options.ServiceAccountDirectory = directory;
            options.Variable = name => name switch
            {
                "KUBERNETES_SERVICE_HOST" => "127.0.0.1",
                "KUBERNETES_SERVICE_PORT" => cluster.Server.Port.ToString(CultureInfo.InvariantCulture),
                _ => null,
            };
        });
        await using var watch = new WatchRecorder(source, ServiceTarget.Parse("k8s:///orders"));
        await Eventually.True(() => watch.Last is { Endpoints.Length: 1 });

        cluster.Server.WriteServiceAccount(directory, cluster.Server.AddServiceAccount("shop", "caller"), "shop");
        cluster.Server.Access.RevokeToken(first);
        cluster.Server.Faults.DropWatches();
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.2"));

        await Eventually.True(() => watch.Last!.Endpoints[0].Host == "10.0.0.2");
        Assert.All(watch.Seen, static set => Assert.True(set.Freshness.IsLive));
    }

    [Fact]
    public async Task A_refused_token_is_fetched_anew_once_and_only_then_an_error()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.1"));
        var file = Path.Combine(cluster.Folder, "token");
        await File.WriteAllTextAsync(file, cluster.Server.AdminToken);
        cluster.WriteKubeconfig(cluster.Server.Kubeconfig().Replace($"token: {cluster.Server.AdminToken}", $"tokenFile: {file}", StringComparison.Ordinal));
        cluster.Server.Faults.Add(new Fault(FaultKind.Unauthorized) { Verb = "list", Times = 1 });
        var source = cluster.Source();
        Assert.Single((await source.DiscoverAsync(Orders, CancellationToken.None)).Endpoints);
        Assert.Equal(2, cluster.Server.Counters.Count("list"));

        cluster.Server.Faults.Add(new Fault(FaultKind.Unauthorized) { Verb = "list", Times = 2 });
        var error = await Assert.ThrowsAsync<DiscoveryException>(() => source.DiscoverAsync(Orders, CancellationToken.None).AsTask());

        Assert.Contains("401", error.Message, StringComparison.Ordinal);
        Assert.Equal(4, cluster.Server.Counters.Count("list"));
    }

    [Fact]
    public async Task Credentials_that_were_replaced_in_the_kubeconfig_are_used_once_the_old_ones_are_refused()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.1"));
        var old = cluster.Server.Access.IssueToken(KubeUser.Admin);
        cluster.WriteKubeconfig(cluster.Server.Kubeconfig(old));
        var source = cluster.Source(static options => options.Linger = TimeSpan.FromMinutes(1));
        await using var watch = new WatchRecorder(source, Orders);
        await using var other = new WatchRecorder(source, ServiceTarget.Parse("k8s:///other/orders"));
        await Eventually.True(() => watch.Last is not null && other.Last is not null);

        cluster.Server.Access.RevokeToken(old);
        cluster.Server.Faults.DropWatches();
        await Eventually.True(() => watch.Last!.Freshness.Kind == FreshnessKind.Stale && other.Last!.Freshness.Kind == FreshnessKind.Stale);
        cluster.WriteKubeconfig(cluster.Server.Kubeconfig());
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.2"));

        await Eventually.True(() => watch.Last!.Freshness.IsLive && watch.Last.Endpoints[0].Host == "10.0.0.2" && other.Last!.Freshness.IsLive);
        await Eventually.True(() => cluster.Server.Counters.OpenConnections == 1);
    }

    [Fact]
    public async Task A_client_certificate_proves_who_asks()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.1"));
        cluster.WriteKubeconfig(cluster.Server.KubeconfigWithCertificate());

        Assert.Single((await cluster.Source().DiscoverAsync(Orders, CancellationToken.None)).Endpoints);
    }

    [Fact]
    public async Task A_context_named_by_the_target_is_another_cluster()
    {
        await using var one = await TestCluster.StartAsync();
        await using var two = await TestCluster.StartAsync();
        one.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.1"));
        two.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.2"));
        File.WriteAllText(two.KubeconfigFile, two.Server.Kubeconfig().Replace(" testkube\n", " team/two@eu\n", StringComparison.Ordinal).Replace("kubernetes-admin", "other", StringComparison.Ordinal));
        var source = one.Source(options => options.KubeConfig = $"{one.KubeconfigFile}{Path.PathSeparator}{two.KubeconfigFile}");

        Assert.Equal("10.0.0.1", (await source.DiscoverAsync(Orders, CancellationToken.None)).Endpoints[0].Host);
        Assert.Equal("10.0.0.2", (await source.DiscoverAsync(ServiceTarget.Parse("k8s://team%2Ftwo%40eu/shop/orders"), CancellationToken.None)).Endpoints[0].Host);
        var error = await Assert.ThrowsAsync<DiscoveryException>(() => source.DiscoverAsync(ServiceTarget.Parse("k8s://three/shop/orders"), CancellationToken.None).AsTask());
        Assert.Contains("There are: team/two@eu, testkube.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name", "is for kube.example")]
    [InlineData("date", "is valid from")]
    [InlineData("chain", "nobody we trust has signed")]
    public async Task TLS_that_is_refused_says_whether_it_is_the_name_the_date_or_the_chain(string fault, string expected)
    {
        using var stranger = new CertificateAuthority(TimeProvider.System);
        var now = TimeProvider.System.GetUtcNow();
        await using var cluster = await TestCluster.StartAsync(new KubeServerOptions
        {
            ServerCertificate = authority => fault switch
            {
                "name" => authority.IssueServer("kube.example"),
                "date" => authority.IssueServer(now.AddDays(-3), now.AddDays(-2), "127.0.0.1"),
                _ => stranger.IssueServer("127.0.0.1"),
            },
        });
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.1"));

        var error = await Assert.ThrowsAsync<DiscoveryException>(() => cluster.Source().DiscoverAsync(Orders, CancellationToken.None).AsTask());
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(cluster.Server.Url.Authority, error.Message, StringComparison.Ordinal);

        // What the kubeconfig may say about it.
        var config = await File.ReadAllTextAsync(cluster.KubeconfigFile);
        var line = config.Split('\n').Single(static text => text.Contains("certificate-authority-data", StringComparison.Ordinal));
        cluster.WriteKubeconfig(config.Replace(line, fault == "name" ? $"{line}\n    tls-server-name: kube.example" : "    insecure-skip-tls-verify: true", StringComparison.Ordinal));
        Assert.Single((await cluster.Source().DiscoverAsync(Orders, CancellationToken.None)).Endpoints);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named_with_what_to_check()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.Server.GoDownAsync();

        var error = await Assert.ThrowsAsync<DiscoveryException>(() => cluster.Source().DiscoverAsync(Orders, CancellationToken.None).AsTask());

        Assert.Contains($"https://127.0.0.1:{cluster.Server.Port} refuses connections", error.Message, StringComparison.Ordinal);
        Assert.Contains("'testkube'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_of_the_kubeconfig_is_used()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.WriteKubeconfig((await File.ReadAllTextAsync(cluster.KubeconfigFile)).Replace("    server:", "    proxy-url: http://127.0.0.1:1\n    server:", StringComparison.Ordinal));

        var error = await Assert.ThrowsAsync<DiscoveryException>(() => cluster.Source().DiscoverAsync(Orders, CancellationToken.None).AsTask());

        Assert.Contains("refuses connections", error.Message, StringComparison.Ordinal);
        Assert.Empty(cluster.Server.Counters.Requests);
    }

    [Fact]
    public async Task The_password_of_a_proxy_is_sent_to_it_and_told_to_nobody_else()
    {
        await using var cluster = await TestCluster.StartAsync();
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        var heard = new StringBuilder();
        var refusing = Task.Run(async () =>
        {
            while (true)
            {
                using var caller = await proxy.AcceptTcpClientAsync();
                using var reader = new StreamReader(caller.GetStream(), leaveOpen: true);
                while (await reader.ReadLineAsync() is { } line)
                {
                    heard.AppendLine(line);
                    if (line.Length > 0)
                        continue;
                    var refusal = heard.ToString().Contains("Proxy-Authorization", StringComparison.Ordinal)
                        ? "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
                        : "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n";
                    await caller.GetStream().WriteAsync(Encoding.ASCII.GetBytes(refusal));
                }
            }
        });
        cluster.WriteKubeconfig((await File.ReadAllTextAsync(cluster.KubeconfigFile))
            .Replace("    server:", $"    proxy-url: http://bob:hunt%3Aer2@{proxy.LocalEndpoint}\n    server:", StringComparison.Ordinal));

        var error = await Assert.ThrowsAsync<DiscoveryException>(() => cluster.Source().DiscoverAsync(Orders, CancellationToken.None).AsTask());

        proxy.Stop();
        await Assert.ThrowsAnyAsync<Exception>(() => refusing);
        Assert.Contains("403", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunt", error.ToString() + string.Join('\n', cluster.Log.Of(LogLevel.Warning)), StringComparison.Ordinal);
        Assert.Contains(Convert.ToBase64String(Encoding.ASCII.GetBytes("bob:hunt:er2")), heard.ToString(), StringComparison.Ordinal);
    }
}
