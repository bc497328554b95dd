using System.Net;
using System.Text.Json.Nodes;
using Rollcall.TestKit;
using Rollcall.TestKit.Network;
using Rollcall.TestKube.Api;
using Rollcall.TestKube.Controllers;
using Rollcall.TestKube.Objects;

namespace Rollcall.TestKube.Tests.RealClients;

/// <summary>
/// The double before a <c>kubernetes_sd_configs</c> in a Prometheus configuration. It is VictoriaMetrics that reads it: Debian builds Prometheus without the discovery of
/// Kubernetes. Its client of the API is its own, so what kubectl and it agree on is more than one library's opinion.
/// </summary>
public sealed class ServiceDiscoveryTests
{
    private static readonly string[] Roles = ["endpoints", "endpointslice", "pod", "service", "node"];

    [Fact]
    public async Task Every_role_is_found_and_follows_a_scale()
    {
        var program = DebianTool.Find("victoria-metrics", "victoria-metrics");
        // Both versions of slices, for it asks for one or the other by its own version. Pods have addresses of the loopback, for it scrapes what it finds.
        await using var cluster = await KubeServer.StartAsync(new()
        {
            Slices = SliceSupport.Both,
            Controllers = new ClusterOptions { StartTime = TimeSpan.FromMilliseconds(100), StopTime = TimeSpan.FromMilliseconds(100), PodNetwork = IPNetwork.Parse("127.77.0.0/16") },
        });
        cluster.Put(Manifest.Node("node-1", "a", "127.77.255.1"));
        cluster.Put(Manifest.Service("shop", "orders", "127.77.255.2", ("http", 8080)));
        cluster.Put(Manifest.StatefulSet("shop", "orders", 3, ("http", 8080)));
        var home = Directory.CreateTempSubdirectory("rollcall-sd-");
        try
        {
            cluster.WriteServiceAccount(home.FullName, cluster.AdminToken, "shop");
            var configuration = Path.Combine(home.FullName, "prometheus.yml");
            await File.WriteAllTextAsync(configuration, Configuration(cluster, home.FullName));
            using var port = new ReservedPort();
            await using var agent = new ClientProcess(
                program,
                [
                    $"-promscrape.config={configuration}", $"-storageDataPath={home.FullName}/data", $"-httpListenAddr=127.0.0.1:{port.Number}", "-loggerLevel=ERROR",
                    "-promscrape.kubernetesSDCheckInterval=1s", // how often it looks at what its watches brought; 30 s by default
                ],
                home.FullName);
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port.Number}") };

            await TargetsAsync(http, agent, [
                "endpoints 127.77.0.1:8080", "endpoints 127.77.0.2:8080", "endpoints 127.77.0.3:8080",
                "endpointslice 127.77.0.1:8080", "endpointslice 127.77.0.2:8080", "endpointslice 127.77.0.3:8080",
                "node 127.77.255.1:10250",
                "pod 127.77.0.1:8080", "pod 127.77.0.2:8080", "pod 127.77.0.3:8080",
                "service orders.shop.svc:8080",
            ]);
            cluster.Change(ApiResource.StatefulSets, "shop", "orders", static set => set["spec"]!["replicas"] = 1);
            await TargetsAsync(http, agent, [
                "endpoints 127.77.0.1:8080", "endpointslice 127.77.0.1:8080", "node 127.77.255.1:10250", "pod 127.77.0.1:8080", "service orders.shop.svc:8080",
            ]);

            // Its watches die at once, and what happened meanwhile is not lost on it.
            cluster.Faults.DropWatches();
            cluster.Store.Compact();
            cluster.Change(ApiResource.StatefulSets, "shop", "orders", static set => set["spec"]!["replicas"] = 2);
            await TargetsAsync(http, agent, [
                "endpoints 127.77.0.1:8080", "endpoints 127.77.0.4:8080", "endpointslice 127.77.0.1:8080", "endpointslice 127.77.0.4:8080",
                "node 127.77.255.1:10250", "pod 127.77.0.1:8080", "pod 127.77.0.4:8080", "service orders.shop.svc:8080",
            ]);
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    private static string Configuration(KubeServer cluster, string home)
    {
        // An hour between scrapes: it is the discovery that is asked.
        var jobs = Roles.Select(role => $$"""
            - job_name: {{role}}
              kubernetes_sd_configs:
              - role: {{role}}
                api_server: {{cluster.Url.GetLeftPart(UriPartial.Authority)}}
                tls_config: { ca_file: {{home}}/ca.crt }
                authorization: { credentials_file: {{home}}/token }
                namespaces: { names: [shop] }
            """);
        return $"global: {{ scrape_interval: 1h }}\nscrape_configs:\n{string.Join('\n', jobs)}\n";
    }

    private static async Task TargetsAsync(HttpClient http, ClientProcess agent, string[] expected)
    {
        var start = TimeProvider.System.GetTimestamp();
        string[] found = [];
        while (!found.SequenceEqual(expected, StringComparer.Ordinal))
        {
            if (TimeProvider.System.GetElapsedTime(start) > Eventually.Limit)
                Assert.Fail($"Targets are\n{string.Join('\n', found)}\n{agent.Out}\n{agent.Error}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            try
            {
                var answer = JsonNode.Parse(await http.GetStringAsync("/api/v1/targets"))!;
                found = [.. answer["data"]!["activeTargets"]!.AsArray()
                    .Select(static target => $"{target!["labels"]!["job"]} {target["discoveredLabels"]!["__address__"]}")
                    .Order(StringComparer.Ordinal)];
            }
            catch (HttpRequestException)
            {
                // It has not begun to listen.
            }
        }
    }
}
