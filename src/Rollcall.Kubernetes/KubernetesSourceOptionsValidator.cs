using Microsoft.Extensions.Options;
using Rollcall.Kubernetes.Mapping;

namespace Rollcall.Kubernetes;

/// <summary>Checks every option, naming all violations at once.</summary>
internal sealed class KubernetesSourceOptionsValidator : IValidateOptions<KubernetesSourceOptions>
{
    private const int MaxPageSize = 5_000;
    private static readonly TimeSpan MaxTime = TimeSpan.FromDays(7);

    public ValidateOptionsResult Validate(string? name, KubernetesSourceOptions options)
    {
        List<string> errors = [.. options.Unreadable, .. Errors(options).Select(static error => $"{KubernetesSourceOptions.Section}:{error}")];
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    public static IEnumerable<string> Errors(KubernetesSourceOptions options)
    {
        if (!Enum.IsDefined(options.Mode))
            yield return $"{nameof(options.Mode)} is {options.Mode}; it must be endpointslices, endpoints or pods.";
        if (!Enum.IsDefined(options.Family))
            yield return $"{nameof(options.Family)} is {options.Family}; it must be ipv4 or ipv6.";
        if (options.PageSize is < 1 or > MaxPageSize)
            yield return $"{nameof(options.PageSize)} is {options.PageSize}; it must be 1 to {MaxPageSize:N0}.";
        if (string.IsNullOrWhiteSpace(options.ClusterDomain))
            yield return $"{nameof(options.ClusterDomain)} is empty; as a rule it is cluster.local.";
        foreach (var label in options.Labels)
        {
            if (!LabelSelector.IsKey(label))
                yield return $"{nameof(options.Labels)} names '{label}', which is no label; write them like app.kubernetes.io/version.";
        }

        foreach (var (key, value, min) in new[]
        {
            (nameof(options.RequestTimeout), options.RequestTimeout, TimeSpan.FromMilliseconds(100)),
            (nameof(options.IdleTimeout), options.IdleTimeout, TimeSpan.FromSeconds(1)),
            (nameof(options.ResyncInterval), options.ResyncInterval, TimeSpan.FromSeconds(10)),
            (nameof(options.SliceRetryInterval), options.SliceRetryInterval, TimeSpan.FromSeconds(1)),
            (nameof(options.Linger), options.Linger, TimeSpan.Zero),
        })
        {
            if (value < min || value > MaxTime)
                yield return $"{key} is {value}; it must be {DurationText.Format(min)} to {DurationText.Format(MaxTime)}.";
        }
    }
}
