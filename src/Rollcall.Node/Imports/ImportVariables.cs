using System.Globalization;

namespace Rollcall.Node.Imports;

/// <summary>
/// What the environment of an emulator cluster's back end says: <c>DISCOVERY_MODE</c> (<c>kubernetes-endpoints</c>, <c>kubernetes-endpointslices</c>, <c>kubernetes-pods</c> or <c>static</c>),
/// <c>EMULATOR_SERVICE_NAME</c> and <c>POD_NAMESPACE</c> make one import; <c>HEALTH_CHECK_INTERVAL</c> (milliseconds) is how often instances are asked how they are.
/// </summary>
internal static class ImportVariables
{
    /// <summary>The service that is imported when none is named.</summary>
    public const string DefaultService = "loco-loco-emulator";

    private const string Mode = "DISCOVERY_MODE";
    private const string ServiceName = "EMULATOR_SERVICE_NAME";
    private const string Namespace = "POD_NAMESPACE";
    private const string HealthInterval = "HEALTH_CHECK_INTERVAL";
    private const int MinHealthInterval = 1_000;
    private const int MaxHealthInterval = 3_600_000;

    /// <summary>The configuration with what the environment says; its import takes fallback and metadata from the configuration when that has the same service.</summary>
    /// <param name="options">Of the configuration.</param>
    /// <param name="variable">Reads a variable.</param>
    /// <exception cref="FormatException">A variable has a value that is none of the allowed ones, or <c>static</c> has no file.</exception>
    public static NodeOptions Apply(NodeOptions options, Func<string, string?> variable) => options with
    {
        Imports = Apply(options.Imports, variable),
        HealthInterval = variable(HealthInterval) is { Length: > 0 } text ? ReadInterval(text) : options.HealthInterval,
    };

    private static TimeSpan ReadInterval(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var interval) && interval is >= MinHealthInterval and <= MaxHealthInterval
            ? TimeSpan.FromMilliseconds(interval)
            : throw new FormatException($"{HealthInterval} is '{text}'; it is a number of milliseconds from {MinHealthInterval} to {MaxHealthInterval}, such as 10000.");

    private static IReadOnlyList<ImportOptions> Apply(IReadOnlyList<ImportOptions> configured, Func<string, string?> variable)
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
