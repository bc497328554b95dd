using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Rollcall.TestKube;
using Rollcall.TestKube.Objects;
using static Microsoft.Playwright.Assertions;

namespace Rollcall.EndToEnd.Dashboard;

/// <summary>A node that shows what Kubernetes knows: a cluster's pods are on the page as they come and go.</summary>
[Collection(nameof(DashboardCollection))]
public sealed class KubernetesTests(Chromium chromium) : IAsyncLifetime
{
    private const string Namespace = "loco";
    private const string Service = "loco-loco-emulator";

    // From the change of a pod's endpoint in the API server to the page.
    private const float Soon = 2_000;

    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(1);

    private readonly string _kubeconfig = Path.GetTempFileName();
    private KubeServer? _cluster;
    private DashboardNode? _node;

    public async ValueTask InitializeAsync()
    {
        _cluster = await KubeServer.StartAsync(new() { Controllers = new() { StartTime = StartTime, StopTime = TimeSpan.FromMilliseconds(500) } });
        _cluster.Put(Manifest.Node("node-1", "a"));
        // Without a port for health: nobody is behind the addresses of these pods, and only readiness is asked about here.
        _cluster.Put(Manifest.Service(Namespace, Service, "None", ("vnc", 5901)));
        _cluster.Put(Manifest.StatefulSet(Namespace, Service, 1, ("vnc", 5901)));
        await File.WriteAllTextAsync(_kubeconfig, _cluster.Kubeconfig());
        _node = new DashboardNode(new DashboardNode.Settings
        {
            Environment = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["KUBECONFIG"] = _kubeconfig,
                ["DISCOVERY_MODE"] = "kubernetes-endpointslices",
                ["EMULATOR_SERVICE_NAME"] = Service,
                ["POD_NAMESPACE"] = Namespace,
            },
        });
        await _node.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_node is not null)
            await _node.DisposeAsync();
        await _cluster!.DisposeAsync();
        File.Delete(_kubeconfig);
    }

    [Fact]
    public async Task Scaling_from_one_to_three_and_back_is_on_the_page_pod_by_pod()
    {
        await using var page = await chromium.OpenAsync(_node!.Url);
        await page.GoToAsync($"/services/{Service}");
        var cards = page.Page.Locator(".instance-card");
        var pill = page.Page.Locator(".pill");
        await Expect(Card(page, 0)).ToHaveAttributeAsync("data-status", "ready");
        await Expect(pill).ToHaveTextAsync("Auto-Discovery: kubernetes-endpointslices (1 pod)", new() { Timeout = 8_000 });
        await Expect(pill).ToHaveAttributeAsync("data-tone", "live");

        Scale(3);
        await Expect(Card(page, 1)).ToHaveAttributeAsync("data-status", "booting", new() { Timeout = Soon });
        await Expect(Card(page, 1)).ToHaveAttributeAsync("data-status", "ready", new() { Timeout = Soon + (float)StartTime.TotalMilliseconds });
        // In the order of a stateful set: the third begins when the second is ready.
        await Expect(Card(page, 2)).ToHaveAttributeAsync("data-status", "ready", new() { Timeout = Soon + (float)StartTime.TotalMilliseconds });
        Assert.Equal([$"{Service}-0", $"{Service}-1", $"{Service}-2"], await cards.EvaluateAllAsync<string[]>("cards => cards.map(card => card.dataset.id)"));
        await Expect(pill).ToHaveTextAsync("Auto-Discovery: kubernetes-endpointslices (3 pods)", new() { Timeout = Soon });

        Scale(1);
        await Expect(Card(page, 2)).ToHaveAttributeAsync("data-status", "draining", new() { Timeout = Soon });
        await Expect(Card(page, 2)).ToHaveAttributeAsync("data-status", "gone", new() { Timeout = Soon });
        await Expect(Card(page, 1)).ToHaveAttributeAsync("data-status", "gone", new() { Timeout = Soon });
        await Expect(pill).ToHaveTextAsync("Auto-Discovery: kubernetes-endpointslices (1 pod)", new() { Timeout = Soon });
        await Expect(Card(page, 0)).ToHaveAttributeAsync("data-status", "ready");

        // What Kubernetes knows is changed there.
        await Card(page, 0).GetByRole(AriaRole.Button, new() { Name = $"{Service}-0", Exact = true }).ClickAsync();
        await Expect(page.Page.Locator(".details")).ToContainTextAsync("It is imported from");
        await Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Drain", Exact = true })).ToHaveCountAsync(0);
        page.AssertClean();
    }

    [Fact]
    public async Task An_API_server_that_is_gone_turns_the_header_yellow_and_keeps_the_pods()
    {
        await using var page = await chromium.OpenAsync(_node!.Url);
        await page.GoToAsync($"/services/{Service}");
        await Expect(Card(page, 0)).ToHaveAttributeAsync("data-status", "ready");
        await _cluster!.GoDownAsync();
        await Expect(page.Page.Locator(".pill")).ToHaveAttributeAsync("data-tone", "warn", new() { Timeout = 20_000 });
        await Expect(page.Page.Locator(".pill + .tip")).ToContainTextAsync("The source cannot be reached");
        await Expect(Card(page, 0)).ToHaveAttributeAsync("data-status", "ready");
        page.AssertClean();
    }

    private void Scale(int replicas) => _cluster!.Change(ApiResource.StatefulSets, Namespace, Service, json => json["spec"]!["replicas"] = JsonValue.Create(replicas));

    private static ILocator Card(DashboardPage page, int ordinal) => page.Page.Locator($".instance-card[data-id='{Service}-{ordinal}']");
}
