using System.Globalization;

namespace Rollcall.Balancing;

/// <summary>Checks how endpoints are to be chosen, naming every violation.</summary>
internal static class BalancingOptionsValidator
{
    public const int MaxAperture = 100_000;

    private static readonly TimeSpan MaxWindow = TimeSpan.FromHours(1);

    /// <summary>Every violation, each behind <paramref name="where"/>.</summary>
    public static IEnumerable<string> Errors(BalancingOptions options, Balancers balancers, string where)
    {
        if (!balancers.Contains(options.Balancer))
            yield return $"{where}{nameof(options.Balancer)} is '{options.Balancer}'; there are: {string.Join(", ", balancers.Names)}.";
        if (options.Zone is not null && string.IsNullOrWhiteSpace(options.Zone))
            yield return $"{where}{nameof(options.Zone)} is blank; name the zone, or leave it out.";
        foreach (var key in options.Subset.Keys.Where(string.IsNullOrWhiteSpace))
            yield return $"{where}{nameof(options.Subset)} names the label '{key}', which is blank; write it like version = v2.";
        if (options.SlowStartWindow < TimeSpan.Zero || options.SlowStartWindow > MaxWindow)
            yield return $"{where}{nameof(options.SlowStartWindow)} is {options.SlowStartWindow}; it must be 0 (off) to 1 h.";
        if (options.SlowStartMinShare is not (> 0 and <= 1))
            yield return $"{where}{nameof(options.SlowStartMinShare)} is {Text(options.SlowStartMinShare)}; it must be more than 0 and at most 1.";
        if (options.SlowStartAggression is not (>= 0.1 and <= 10))
            yield return $"{where}{nameof(options.SlowStartAggression)} is {Text(options.SlowStartAggression)}; it must be 0.1 to 10.";
        if (options.Aperture is < 0 or > MaxAperture)
            yield return $"{where}{nameof(options.Aperture)} is {options.Aperture}; it must be 0 (all) to {MaxAperture}.";
        if (options.ApertureClient is not null && string.IsNullOrWhiteSpace(options.ApertureClient))
            yield return $"{where}{nameof(options.ApertureClient)} is blank; name this client, or leave it out.";
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
