namespace Rollcall.Node.Imports;

/// <summary>
/// What the environment of an emulator cluster's back end says: <c>DISCOVERY_MODE</c> (<c>kubernetes-endpoints</c>, <c>kubernetes-endpointslices</c>, <c>kubernetes-pods</c> or <c>static</c>),
/// <c>EMULATOR_SERVICE_NAME</c> and <c>POD_NAMESPACE</c> make one import.
/// </summary>
internal static class ImportVariables
{
    /// <summary>The service that is imported when none is named.</summary>
    public const string DefaultService = "loco-loco-emulator";

    private const string Mode = "DISCOVERY_MODE";
    private const string ServiceName = "EMULATOR_SERVICE_NAME";
    private const string Namespace = "POD_NAMESPACE";

    /// <summary>The imports of the configuration with that of the environment, which takes its fallback and metadata from the configuration when it has the same service.</summary>
    /// <param name="configured">Of the configuration.</param>
    /// <param name="variable">Reads a variable.</param>
    /// <exception cref="FormatException">A variable has a value that is none of the allowed ones, or <c>static</c> has no file.</exception>
    public static IReadOnlyList<ImportOptions> Apply(IReadOnlyList<ImportOptions> configured, Func<string, string?> variable)
    {
        if (variable(Mode) is not { Length: > 0 } mode)
            return configured;
        var service = variable(ServiceName) is { Length: > 0 } name ? name : DefaultService;
        var before = configured.FirstOrDefault(import => import.Service == service);
        var target = TargetOf(mode, service, variable(Namespace), before);
        var import = before is null ? new ImportOptions(service, target) : before with { Target = target };
        return before is null ? [.. configured, import] : [.. configured.Select(other => ReferenceEquals(other, before) ? import : other)];
    }

    private static string TargetOf(string mode, string service, string? space, ImportOptions? before)
    {
        var place = string.IsNullOrEmpty(space) ? service : $"{space}/{service}";
        return mode switch
        {
            "kubernetes-endpointslices" => $"k8s:///{place}",
            "kubernetes-endpoints" => $"k8s:///{place}?mode=endpoints",
            "kubernetes-pods" => $"k8s:///{place}?mode=pods",
            "static" when before?.FallbackTarget is { } file => file,
            "static" => throw new FormatException($"{Mode} is static, but there is no file of instances: name it in the node's configuration, imports.{service}.fallback."),
            _ => throw new FormatException($"{Mode} is '{mode}'; there are kubernetes-endpointslices, kubernetes-endpoints, kubernetes-pods and static."),
        };
    }
}
