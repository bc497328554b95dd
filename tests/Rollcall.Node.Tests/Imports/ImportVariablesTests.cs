using Rollcall.Node.Imports;

namespace Rollcall.Node.Tests.Imports;

public sealed class ImportVariablesTests
{
    [Theory]
    [InlineData("kubernetes-endpointslices", "shop", null, "k8s:///shop/loco-loco-emulator", "kubernetes-endpointslices")]
    [InlineData("kubernetes-endpoints", "shop", "orders", "k8s:///shop/orders?mode=endpoints", "kubernetes-endpoints")]
    [InlineData("kubernetes-pods", null, "orders", "k8s:///orders?mode=pods", "kubernetes-pods")]
    public void A_mode_makes_an_import(string mode, string? space, string? service, string target, string shown)
    {
        var import = Assert.Single(Apply([], ("DISCOVERY_MODE", mode), ("POD_NAMESPACE", space), ("EMULATOR_SERVICE_NAME", service)));

        Assert.Equal(target, import.Target);
        Assert.Equal(shown, ImportMode.Of(ServiceTarget.Parse(import.Target)));
    }

    [Fact]
    public void Without_a_mode_the_configuration_is_all_there_is() =>
        Assert.Equal([new ImportOptions("a", "dns:///a")], Apply([new ImportOptions("a", "dns:///a")], ("EMULATOR_SERVICE_NAME", "orders")));

    [Fact]
    public void The_configuration_keeps_its_fallback_and_its_names()
    {
        var before = new ImportOptions("orders", "") { Fallback = "/etc/orders.yaml", Metadata = "/etc/names.yaml" };

        Assert.Equal([before with { Target = "k8s:///orders" }], Apply([before], ("DISCOVERY_MODE", "kubernetes-endpointslices"), ("EMULATOR_SERVICE_NAME", "orders")));
        Assert.Equal([before with { Target = "file:///etc/orders.yaml" }], Apply([before], ("DISCOVERY_MODE", "static"), ("EMULATOR_SERVICE_NAME", "orders")));
    }

    [Theory]
    [InlineData("static", "imports.loco-loco-emulator.fallback")]
    [InlineData("pods", "there are kubernetes-endpointslices, kubernetes-endpoints, kubernetes-pods and static")]
    public void A_mode_that_cannot_be_is_refused(string mode, string expected)
    {
        var error = Assert.Throws<FormatException>(() => Apply([], ("DISCOVERY_MODE", mode)));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void How_often_health_is_asked_for_is_said_in_milliseconds()
    {
        static TimeSpan Read(string? text) => ImportVariables.Apply(new NodeOptions { HealthInterval = TimeSpan.FromSeconds(7) }, name => name == "HEALTH_CHECK_INTERVAL" ? text : null).HealthInterval;

        Assert.Equal(TimeSpan.FromSeconds(30), Read("30000"));
        Assert.Equal(TimeSpan.FromSeconds(7), Read(null));
        foreach (var wrong in (string[])["30s", "999", "3600001", "-1", "1e4"])
            Assert.Contains($"is '{wrong}'", Assert.Throws<FormatException>(() => Read(wrong)).Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<ImportOptions> Apply(IReadOnlyList<ImportOptions> configured, params (string Name, string? Value)[] variables) =>
        ImportVariables.Apply(new NodeOptions { Imports = configured }, name => variables.FirstOrDefault(variable => variable.Name == name).Value).Imports;
}
