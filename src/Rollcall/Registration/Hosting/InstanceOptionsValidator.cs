using Microsoft.Extensions.Options;

namespace Rollcall.Registration.Hosting;

/// <summary>What can be known to be wrong before the application runs; every violation at once.</summary>
internal sealed class InstanceOptionsValidator : IValidateOptions<InstanceOptions>
{
    // Stand in for what is found only at run time, so that the rules of an announcement can be applied as they are.
    private const string AnyAddress = "localhost";
    private static readonly SmallMap<int> AnyPort = new([new(Endpoint.DefaultPortName, 80)]);

    public ValidateOptionsResult Validate(string? name, InstanceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var service = name ?? "";
        var announcement = new Announcement(service, options.Id ?? "any", options.Address ?? AnyAddress)
        {
            Ports = options.Ports.Count == 0 ? AnyPort : new SmallMap<int>(options.Ports),
            Ttl = options.Ttl,
            Weight = options.Weight,
            Zone = options.Zone,
        };
        string[] violations = [.. announcement.Violations(), .. CheckViolations(options)];
        return violations.Length + options.Unreadable.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(options.Unreadable.Concat(violations.Select(violation => $"The registration of '{service}': {violation}")));
    }

    private static IEnumerable<string> CheckViolations(InstanceOptions options)
    {
        if (options.Check is not { } check)
            yield break;
        if (!check.StartsWith('/') && !(Uri.TryCreate(check, UriKind.Absolute, out var url) && url.Scheme is ("http" or "https" or "tcp")))
            yield return $"The check '{check}' must be a path such as /health, an http:// URL or tcp://host:port.";
        if (options.CheckInterval < TimeSpan.FromSeconds(1) || options.CheckInterval > TimeSpan.FromHours(1))
            yield return $"The check's interval is {options.CheckInterval}; it must be 1 s to 1 h.";
        if (options.CheckTimeout < TimeSpan.FromMilliseconds(10) || options.CheckTimeout > options.CheckInterval)
            yield return $"The check's timeout is {options.CheckTimeout}; it must be 10 ms to the interval.";
    }
}
