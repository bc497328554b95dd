using Rollcall.TestKit;
using Rollcall.TestKube;
using Rollcall.TestKube.Access;
using Rollcall.TestKube.Certificates;

namespace Rollcall.Cli.Tests.Commands;

/// <summary>The real program against a cluster, as its user has it: by KUBECONFIG.</summary>
public sealed class KubernetesTargetTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("rollcall-cli-kube-");

    [Fact]
    public async Task Resolve_lists_the_endpoints_of_a_service()
    {
        await using var cluster = await StartAsync();
        await using var rollcall = Run(cluster.Kubeconfig(), "resolve", "k8s:///shop/orders:http", "-o", "json");

        Assert.Equal(0, await rollcall.ExitAsync());
        Assert.Contains("\"orders-0\"", rollcall.Out, StringComparison.Ordinal);
        Assert.Contains("10.0.0.1", rollcall.Out, StringComparison.Ordinal);
        Assert.Contains("\"dns\": \"orders-0.orders.shop.svc.cluster.local\"", rollcall.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_shows_a_change()
    {
        await using var cluster = await StartAsync();
        await using var rollcall = Run(cluster.Kubeconfig(), "watch", "k8s:///shop/orders");
        await Eventually.True(() => rollcall.Out.Contains("orders-0", StringComparison.Ordinal));

        cluster.Put(Manifest.Slice("shop", "orders", "orders-b", [("http", 80)], [Manifest.SliceEndpoint("10.0.0.2", pod: "orders-1")]));

        await Eventually.True(() => rollcall.Out.Contains("orders-1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_not_allowed_is_told_with_the_role_that_allows_it()
    {
        await using var cluster = await StartAsync();
        var token = cluster.AddServiceAccount("shop", "nobody", AccessRule.Read("other", "endpointslices"));
        await using var rollcall = Run(cluster.Kubeconfig(token), "resolve", "k8s:///shop/orders");

        Assert.NotEqual(0, await rollcall.ExitAsync());
        Assert.Contains("kind: Role\n", rollcall.Error, StringComparison.Ordinal);
        Assert.Contains("resources: [\"endpointslices\"]", rollcall.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(token, rollcall.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static async Task<KubeServer> StartAsync()
    {
        var cluster = await KubeServer.StartAsync();
        cluster.Put(Manifest.Slice("shop", "orders", "orders-a", [("http", 80), ("admin", 81)], [Manifest.SliceEndpoint("10.0.0.1", pod: "orders-0")]));
        return cluster;
    }

    private CliProcess Run(string kubeconfig, params string[] arguments)
    {
        var file = Path.Combine(_directory.FullName, "config");
        ClientFiles.WritePrivate(file, kubeconfig);
        return new CliProcess(arguments, ("KUBECONFIG", file));
    }
}
