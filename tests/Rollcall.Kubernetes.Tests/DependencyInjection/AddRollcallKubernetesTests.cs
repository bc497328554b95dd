using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Rollcall.Sources;
using Rollcall.TestKit;
using Rollcall.TestKube;

namespace Rollcall.Kubernetes.Tests.DependencyInjection;

public sealed class AddRollcallKubernetesTests
{
    [Fact]
    public void Every_option_is_read_from_the_configuration_and_code_comes_second()
    {
        using var provider = Provide(
            """
            { "Rollcall": { "Kubernetes": { "Mode": "pods", "Family": "ipv6", "KubeConfig": "/a", "Context": "b", "Zone": "c", "NodeName": "d", "ClusterDomain": "e",
              "ServiceAccountDirectory": "/f", "ReadPods": "true", "PreferOwnZone": "true", "PageSize": "7", "RequestTimeout": "2s", "IdleTimeout": "3s",
              "ResyncInterval": "40s", "SliceRetryInterval": "5s", "Linger": "6s", "Labels": [ "app", "app.kubernetes.io/version" ] } } }
            """,
            static options => options.Context = "code");

        var read = provider.GetRequiredService<IOptions<KubernetesSourceOptions>>().Value;

        Assert.Equal((KubernetesMode.Pods, KubernetesFamily.IPv6), (read.Mode, read.Family));
        Assert.Equal("/a code c d e /f", string.Join(' ', read.KubeConfig, read.Context, read.Zone, read.NodeName, read.ClusterDomain, read.ServiceAccountDirectory));
        Assert.True(read is { ReadPods: true, PreferOwnZone: true, PageSize: 7 });
        Assert.Equal([2, 3, 40, 5, 6], new[] { read.RequestTimeout, read.IdleTimeout, read.ResyncInterval, read.SliceRetryInterval, read.Linger }.Select(static time => (int)time.TotalSeconds));
        Assert.Equal(["app", "app.kubernetes.io/version"], read.Labels);
    }

    [Fact]
    public async Task A_mistake_stops_the_application_at_start_and_names_every_wrong_key()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        AddJson(builder.Configuration, """{ "Rollcall": { "Kubernetes": { "Mode": "slices", "Famly": "ipv4", "PageSize": "0", "Linger": "soon", "Labels": [ "a b" ], "ReadPods": "yes" } } }""");
        builder.Services.AddRollcallKubernetes(static options => options.ResyncInterval = TimeSpan.Zero);
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(CancellationToken.None));

        foreach (var key in new[] { "Mode", "Famly", "PageSize", "Linger", "Labels", "ReadPods", "ResyncInterval" })
            Assert.Contains($"Rollcall:Kubernetes:{key}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_container_resolves_services_of_a_cluster_and_can_be_disposed_of_either_way()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.1", pod: "orders-0"));
        var provider = Provide("{}", options => options.KubeConfig = cluster.KubeconfigFile);

        var set = await provider.GetRequiredService<SourceRegistry>().DiscoverAsync(ServiceTarget.Parse("k8s:///shop/orders"), CancellationToken.None);

        Assert.Equal("orders-0", Assert.Single(set.Endpoints).Id);
        Assert.Single(provider.GetServices<IDiscoverySource>().OfType<KubernetesSource>());
        Assert.NotEqual(0, cluster.Server.Counters.OpenConnections); // lingering
        provider.Dispose();
        await Eventually.True(() => cluster.Server.Counters.OpenConnections == 0);
    }

    [Fact]
    public void An_option_out_of_range_is_refused_without_a_container_too()
    {
        var error = Assert.Throws<ArgumentException>(static () => new KubernetesSource(new KubernetesSourceOptions { PageSize = 5_001 }));
        Assert.Contains("5,000", error.Message, StringComparison.Ordinal);
    }

    private static ServiceProvider Provide(string json, Action<KubernetesSourceOptions> configure)
    {
        var configuration = new ConfigurationManager();
        AddJson(configuration, json);
        return new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddRollcallKubernetes().AddRollcallKubernetes(configure).BuildServiceProvider();
    }

    private static void AddJson(IConfigurationBuilder configuration, string json) =>
        configuration.AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json)));
}
