using Rollcall.Charts.Tests.Rendering;

namespace Rollcall.Charts.Tests.Loco;

/// <summary>Values that make no sense are refused before anything is rendered.</summary>
public sealed class ValuesTests
{
    [Theory]
    [InlineData("backend.discoveryMode=kubernetes-endpoint", "kubernetes-endpointslices")]
    [InlineData("backend.canary.discoveryMode=dns", "backend.canary.discoveryMode must be one of")]
    [InlineData("backend.canary.percent=101", "backend.canary.percent: Must be less than or equal to 100")]
    [InlineData("backend.canary.percent=10.5", "backend.canary.percent: Invalid type")]
    [InlineData("backend.replica=3", "Additional property replica is not allowed")]
    [InlineData("backend.serviceDiscovery.serviceName=Loco_Emulator", "Does not match pattern")]
    [InlineData("backend.serviceDiscovery.healthCheckInterval=30", "Must be greater than or equal to 1000")]
    [InlineData("backend.serviceDiscovery.healthCheckInterval=30s", "Invalid type")]
    [InlineData("backend.port=80", "Must be greater than or equal to 1024")]
    [InlineData("emulator.replicas=-1", "Must be greater than or equal to 0")]
    [InlineData("emulator.resources.limits=null", "limits is required")]
    [InlineData("metadata.instances=[{name: Nobody}]", "Must validate one and only one schema")]
    [InlineData("podSecurityContext.runAsNonRoot=false", "runAsNonRoot does not match")]
    [InlineData("podSecurityContext.runAsUser=0", "Must be greater than or equal to 1")]
    [InlineData("viewer.publicUrl=/vnc", "viewer.publicUrl: Does not match pattern")]
    [InlineData("viewer.publicUrl=http://viewer.example/{id}", "viewer.publicUrl: Does not match pattern")]
    [InlineData("viewer.publicUrl='//elsewhere.example/{id}'", "viewer.publicUrl: Does not match pattern")]
    [InlineData("viewer.publicUrl='/vnc/{id}; script-src *'", "viewer.publicUrl: Does not match pattern")]
    [InlineData("viewer.allowedOrigins=[https://a.example/page]", "Does not match pattern")]
    [InlineData("viewer.maxViewersPerEmulator=0", "Must be greater than or equal to 1")]
    [InlineData("viewer.port=80", "Must be greater than or equal to 1024")]
    [InlineData("viewer.service.type=ExternalName", "viewer.service.type must be one of")]
    [InlineData("extra=1", "Additional property extra is not allowed")]
    public async Task Wrong_values_are_refused(string value, string said) =>
        Assert.Contains(said, await RenderedChart.LocoRefusesAsync("--set", value), StringComparison.Ordinal);
}
