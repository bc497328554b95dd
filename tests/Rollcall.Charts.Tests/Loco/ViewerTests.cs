using Rollcall.Charts.Tests.Rendering;
using Rollcall.Node.Configuration;

namespace Rollcall.Charts.Tests.Loco;

/// <summary>The viewer of pictures: there when it is asked for, and then with all that it needs and no more.</summary>
public sealed class ViewerTests
{
    private const string Name = "loco-loco-viewer";

    private static readonly string[] On = ["--set", "viewer.enabled=true"];

    [Fact]
    public async Task There_is_none_unless_it_is_asked_for()
    {
        var chart = await RenderedChart.LocoAsync();
        Assert.DoesNotContain(chart.Objects, static item => item.Text("metadata.name")!.Contains("viewer", StringComparison.Ordinal));
        Assert.DoesNotContain("viewer", NodeFile(chart), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_asks_the_backends_service_for_what_they_show_and_Kubernetes_for_nothing()
    {
        var chart = await RenderedChart.LocoAsync([.. On, "--set", "backend.service.port=80", "--set", "backend.serviceDiscovery.serviceName=others"]);
        var template = chart.Find("Deployment", Name)["spec"]!["template"]!;
        var variables = DiscoveryTests.Variables(template);
        Assert.Equal(("http://loco-loco-backend:80", "rollcall:///others"), (variables["ROLLCALL_NODE"], variables["Rollcall__Services__emulators"]));
        Assert.Equal("80", chart.Find("Service", "loco-loco-backend").Text("spec.ports.0.port"));
        Assert.True(template.Is("spec.automountServiceAccountToken", false));
        Assert.Null(template.At("spec.serviceAccountName"));
    }

    [Fact]
    public async Task What_it_is_told_are_settings_of_the_program()
    {
        var chart = await RenderedChart.LocoAsync([.. On, "--set", "viewer.maxViewers=9", "--set", "viewer.maxViewersPerEmulator=3", "--set", "viewer.allowedOrigins=[https://a.example, http://b.example:8080]"]);
        var variables = DiscoveryTests.Variables(chart.Find("Deployment", Name)["spec"]!["template"]!);
        Assert.Equal(("9", "3"), (variables["Viewer__MaxViewers"], variables["Viewer__MaxViewersPerEmulator"]));
        Assert.Equal(("https://a.example", "http://b.example:8080"), (variables["Viewer__AllowedOrigins__0"], variables["Viewer__AllowedOrigins__1"]));
        var options = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "samples", "loco", "Viewer", "ViewerOptions.cs"), TestContext.Current.CancellationToken);
        Assert.All(
            variables.Keys.Where(static key => key.StartsWith("Viewer__", StringComparison.Ordinal)).Select(static key => key.Split("__")[1]),
            setting => Assert.Contains($" {setting} {{ get;", options, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/vnc/{id}")]
    [InlineData("wss://pictures.example/loco/vnc/{id}")]
    [InlineData("ws://[::1]:7690/vnc/{id}?scale=1")]
    public async Task The_dashboard_is_told_where_browsers_reach_it(string url)
    {
        var chart = await RenderedChart.LocoAsync([.. On, "--set", $"viewer.publicUrl='{url}'"]);
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, NodeFile(chart), TestContext.Current.CancellationToken);
            Assert.Equal(url, NodeConfiguration.Load(file).Viewer);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task It_is_reached_as_the_backend_is_and_reaches_pictures_backends_and_names()
    {
        var chart = await RenderedChart.LocoAsync([.. On, "--set", "networkPolicy.backendFrom=[{namespaceSelector: {}}]"]);
        var (viewer, backend) = (chart.Find("NetworkPolicy", Name), chart.Find("NetworkPolicy", "loco-loco-backend"));
        var from = Assert.Single(Assert.Single(viewer.Items("spec.ingress")).Items("from"));
        Assert.NotNull(from["namespaceSelector"]);
        Assert.Equal(
            ["emulator 5901", "backend 7655", " 53 53"],
            viewer.Items("spec.egress").Select(static rule => $"{Component(rule.At("to.0"))} {string.Join(' ', rule.Items("ports").Select(static port => port.Text("port")))}"));
        // Whoever else may ask the backends, the viewer must.
        Assert.Contains("viewer", Assert.Single(backend.Items("spec.ingress")).Items("from").Select(Component));
    }

    private static string? Component(System.Text.Json.Nodes.JsonNode? peer) =>
        peer?.At("podSelector.matchLabels") is { } labels ? labels["app.kubernetes.io/component"]!.ToString() : null;

    private static string NodeFile(RenderedChart chart) => chart.Find("ConfigMap", "loco-loco-backend-stable")["data"]!["node.yaml"]!.ToString();
}
