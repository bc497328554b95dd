using System.Globalization;

namespace Rollcall.Health;

/// <summary>Checks when endpoints are to be ejected, naming every violation.</summary>
internal static class HealthOptionsValidator
{
    private static readonly TimeSpan MaxTime = TimeSpan.FromHours(1);

    /// <summary>Every violation, each behind <paramref name="where"/>.</summary>
    public static IEnumerable<string> Errors(HealthOptions options, string where)
    {
        foreach (var (name, number) in new (string, int)[]
        {
            (nameof(options.ConsecutiveFailures), options.ConsecutiveFailures),
            (nameof(options.ConsecutiveGatewayErrors), options.ConsecutiveGatewayErrors),
        })
        {
            if (number is < 0 or > 1_000)
                yield return Text($"{where}{name} is {number}; it must be 0 (never) to 1000.");
        }

        if (options.Interval < TimeSpan.FromSeconds(1) || options.Interval > MaxTime)
            yield return Text($"{where}{nameof(options.Interval)} is {options.Interval}; it must be 1 s to 1 h.");
        if (options.MinRequests is < 1 or > 1_000_000)
            yield return Text($"{where}{nameof(options.MinRequests)} is {options.MinRequests}; it must be 1 to 1000000.");
        if (options.MinEndpoints is < 2 or > 1_000)
            yield return Text($"{where}{nameof(options.MinEndpoints)} is {options.MinEndpoints}; it must be 2 to 1000: nobody can be compared with himself.");
        if (options.SuccessRateDeviations is not (>= 0 and <= 100))
            yield return Text($"{where}{nameof(options.SuccessRateDeviations)} is {options.SuccessRateDeviations}; it must be 0 (never) to 100.");
        if (options.LatencyFactor is not (0 or (> 1 and <= 1_000)))
            yield return Text($"{where}{nameof(options.LatencyFactor)} is {options.LatencyFactor}; it must be 0 (never), or more than 1 and at most 1000.");
        if (options.LatencyFloor < TimeSpan.Zero || options.LatencyFloor > MaxTime)
            yield return Text($"{where}{nameof(options.LatencyFloor)} is {options.LatencyFloor}; it must be 0 to 1 h.");
        if (options.EjectionTime < TimeSpan.FromMilliseconds(100) || options.EjectionTime > MaxTime)
            yield return Text($"{where}{nameof(options.EjectionTime)} is {options.EjectionTime}; it must be 100 ms to 1 h.");
        if (options.MaxEjectionTime < options.EjectionTime || options.MaxEjectionTime > MaxTime)
            yield return Text($"{where}{nameof(options.MaxEjectionTime)} is {options.MaxEjectionTime}; it must be at least {nameof(options.EjectionTime)} and at most 1 h.");
        foreach (var error in Errors(options.Probe, $"{where}{nameof(options.Probe)}:"))
            yield return error;
        foreach (var error in options.Probes.SelectMany(probe => Errors(probe.Value, $"{where}{nameof(options.Probes)}:{probe.Key}:")))
            yield return error;
        foreach (var (name, share) in new (string, double)[]
        {
            (nameof(options.SuccessRateMargin), options.SuccessRateMargin),
            (nameof(options.MaxEjectedShare), options.MaxEjectedShare),
            (nameof(options.PanicThreshold), options.PanicThreshold),
        })
        {
            if (share is not (>= 0 and <= 1))
                yield return Text($"{where}{name} is {share}; it must be 0 to 1.");
        }
    }

    private static IEnumerable<string> Errors(ProbeOptions options, string where)
    {
        if (options.Kind is not (ProbeKinds.None or ProbeKinds.Tcp or ProbeKinds.Http))
            yield return $"{where}{nameof(options.Kind)} is '{options.Kind}'; there are: {ProbeKinds.None}, {ProbeKinds.Tcp}, {ProbeKinds.Http}.";
        if (options.Path.Length > 1_000 || !options.Path.StartsWith('/') || options.Path.AsSpan().ContainsAnyExceptInRange('!', '~') || options.Path.Contains('#', StringComparison.Ordinal))
            yield return $"{where}{nameof(options.Path)} is '{options.Path}'; write it like /health or /health?full=1.";
        if (options.Timeout < TimeSpan.FromMilliseconds(10) || options.Timeout > TimeSpan.FromMinutes(1))
            yield return Text($"{where}{nameof(options.Timeout)} is {options.Timeout}; it must be 10 ms to 1 min.");
        if (options.HealthyThreshold is < 1 or > 100)
            yield return Text($"{where}{nameof(options.HealthyThreshold)} is {options.HealthyThreshold}; it must be 1 to 100.");
        if (options.IdleInterval != TimeSpan.Zero && (options.IdleInterval < TimeSpan.FromSeconds(1) || options.IdleInterval > MaxTime))
            yield return Text($"{where}{nameof(options.IdleInterval)} is {options.IdleInterval}; it must be 0 (never), or 1 s to 1 h.");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
