using System.Globalization;
using Rollcall.Kubernetes.Mapping;

namespace Rollcall.Kubernetes;

/// <summary>What a target <c>k8s://context/namespace/service:port?mode=…</c> says.</summary>
/// <param name="Context">The context of the kubeconfig; null for the configured one.</param>
/// <param name="Namespace">Null for the own one.</param>
/// <param name="Service">The service's name.</param>
/// <param name="Port">The port asked for; null for all.</param>
/// <param name="Mode">Null for the configured one.</param>
/// <param name="Selector">Which pods; null for the service's own selector.</param>
/// <param name="Family">Null for the configured one.</param>
/// <param name="ReadPods">Null for what is configured.</param>
internal sealed record KubernetesTarget(
    string? Context, string? Namespace, string Service, WantedPort? Port, KubernetesMode? Mode, LabelSelector? Selector, KubernetesFamily? Family, bool? ReadPods)
{
    private const string Example = "Example: k8s:///shop/orders:http?mode=endpointslices.";

    /// <exception cref="ArgumentException">It is malformed.</exception>
    public static KubernetesTarget Parse(ServiceTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (target.Fragment.Length > 0)
            throw Malformed(target, "it takes no #fragment");
        var path = target.Path.Split('/');
        if (path.Length > 2)
            throw Malformed(target, $"'{target.Path}' has {path.Length} parts; it takes a namespace and a service, or a service alone");
        var (service, port) = SplitPort(target, path[^1]);
        if (!NameRules.IsLabel(service))
            throw Malformed(target, $"'{service}' is no name of a service (1 to 63 lower-case letters, digits and hyphens)");
        if (path.Length == 2 && !NameRules.IsLabel(path[0]))
            throw Malformed(target, $"'{path[0]}' is no namespace (1 to 63 lower-case letters, digits and hyphens)");
        var parsed = new KubernetesTarget(
            target.Authority.Length == 0 ? null : Uri.UnescapeDataString(target.Authority), path.Length == 2 ? path[0] : null, service, port, null, null, null, null);
        foreach (var (key, value) in target.Query)
            parsed = parsed.With(target, key, value);
        return parsed.Selector is not null && parsed.Mode is not KubernetesMode.Pods
            ? throw Malformed(target, "'selector' chooses pods, so it takes mode=pods as well")
            : parsed;
    }

    private KubernetesTarget With(ServiceTarget target, string key, string value) => (key, value) switch
    {
        ("mode", "endpointslices") => this with { Mode = KubernetesMode.EndpointSlices },
        ("mode", "endpoints") => this with { Mode = KubernetesMode.Endpoints },
        ("mode", "pods") => this with { Mode = KubernetesMode.Pods },
        ("mode", _) => throw Malformed(target, $"there is no mode '{value}'; there are endpointslices, endpoints and pods"),
        ("family", "ipv4") => this with { Family = KubernetesFamily.IPv4 },
        ("family", "ipv6") => this with { Family = KubernetesFamily.IPv6 },
        ("family", _) => throw Malformed(target, $"there is no family '{value}'; there are ipv4 and ipv6"),
        ("pods", "true") => this with { ReadPods = true },
        ("pods", "false") => this with { ReadPods = false },
        ("pods", _) => throw Malformed(target, $"'pods' is '{value}'; it must be true or false"),
        ("selector", _) => LabelSelector.TryParse(value, out var selector, out var error)
            ? this with { Selector = selector }
            : throw Malformed(target, $"the selector '{value}' is wrong: {error}"),
        _ => throw Malformed(target, $"there is no parameter '{key}'; there are mode, selector, family and pods"),
    };

    private static (string Service, WantedPort? Port) SplitPort(ServiceTarget target, string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
            return (text, null);
        var port = text[(colon + 1)..];
        if (int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number is > 0 and <= 65535
                ? (text[..colon], new WantedPort(null, number))
                : throw Malformed(target, $"the port {port} is out of range; it must be 1 to 65535");
        }

        return NameRules.IsLabel(port)
            ? (text[..colon], new WantedPort(port, 0))
            : throw Malformed(target, $"'{port}' is no port: a number, or a name of lower-case letters, digits and hyphens");
    }

    private static ArgumentException Malformed(ServiceTarget target, string problem) =>
        new($"The target {target} is malformed: {problem}. {Example}", nameof(target));
}
