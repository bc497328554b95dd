using System.Text.Json;
using Microsoft.Extensions.Logging;
using Rollcall.Kubernetes.Api;
using Rollcall.Kubernetes.Clusters;
using Rollcall.Kubernetes.Objects;
using Rollcall.Kubernetes.Reflecting;
using Rollcall.TestKit;
using Rollcall.TestKube;

namespace Rollcall.Kubernetes.Tests.Reflecting;

public sealed class ReflectorTests
{
    [Fact]
    public async Task A_defect_is_logged_and_everything_begins_anew()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.Server.Put(Manifest.Pod("shop", "orders-0", "10.0.0.1", "orders"));
        var reads = 0;
        var kind = new ResourceKind<PodObject>("", "v1", "pods", Read);
        using var client = new ApiClient(() => KubeConfig.Read([cluster.KubeconfigFile], null), TimeSpan.FromSeconds(10), TimeProvider.System);
        var context = new ReflectorContext(
            client, "test", new KubernetesSourceOptions(), TimeProvider.System, static () => new Random(1), cluster.Log, new ReflectorMetrics(null));
        await using var reflector = new Reflector<PodObject>(context, kind, "shop");
        using var follower = reflector.Store.Follow("", static () => { });
        reflector.Start();

        var failures = new List<string>();
        await Eventually.True(() => Take() == 1);

        Assert.Equal(3, reads);
        Assert.Contains("not foreseen", failures[0], StringComparison.Ordinal);
        Assert.Equal(2, cluster.Log.Of(LogLevel.Critical).Count(static line => line.Contains("by a defect", StringComparison.Ordinal)));

        PodObject Read(ref Utf8JsonReader json, StringCache strings) =>
            ++reads < 3 ? throw new NotSupportedException("not foreseen") : PodObject.Read(ref json, strings);

        int Take()
        {
            var changes = new List<KeyValuePair<string, PodObject?>>();
            try
            {
                return follower.TryTake(changes) ? changes.Count : 0;
            }
            catch (DiscoveryException failure)
            {
                failures.Add(failure.Message);
                return 0;
            }
        }
    }
}
