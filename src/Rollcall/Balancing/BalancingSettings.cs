using Rollcall.Api;

namespace Rollcall.Balancing;

/// <summary>How endpoints of a target are chosen. Compared by content: whoever asks for the same shares one selection.</summary>
internal sealed record BalancingSettings
{
    /// <summary>The name of the policy.</summary>
    public string Policy { get; init; } = Balancers.PeakEwma;

    /// <summary>The zone to prefer; null to prefer none.</summary>
    public string? PreferredZone { get; init; }

    /// <summary>Labels that an endpoint must have.</summary>
    public SmallMap<string> Subset { get; init; } = SmallMap<string>.Empty;

    /// <summary>How the weight of new endpoints grows; null to begin with the whole.</summary>
    public SlowStartSettings? SlowStart { get; init; }

    /// <summary>How many endpoints of each failover group are used, and by whom; null for all.</summary>
    public ApertureSettings? Aperture { get; init; }

    /// <summary>The settings that options mean in this process.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="variable">Reads the environment; null for that of the process.</param>
    public static BalancingSettings Of(BalancingOptions options, Func<string, string?>? variable = null)
    {
        variable ??= Environment.GetEnvironmentVariable;
        return new()
        {
            Policy = options.Balancer,
            PreferredZone = options.PreferOwnZone ? options.Zone ?? NotBlank(variable(ApiNames.ZoneVariable)) : null,
            Subset = options.Subset.Count == 0 ? SmallMap<string>.Empty : new SmallMap<string>(options.Subset),
            SlowStart = options.SlowStartWindow > TimeSpan.Zero
                ? new SlowStartSettings(options.SlowStartWindow, options.SlowStartMinShare, options.SlowStartAggression)
                : null,
            Aperture = options.Aperture > 0 ? new ApertureSettings(options.Aperture, options.ApertureClient ?? ThisProcess()) : null,
        };
    }

    // In a container the process is the machine, whose name may carry its number: checkout-3.
    private static string ThisProcess() =>
        Environment.ProcessId == 1 ? Environment.MachineName : $"{Environment.MachineName}/{Environment.ProcessId}";

    private static string? NotBlank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}

/// <summary>How the weight of an endpoint grows after it became ready.</summary>
/// <param name="Window">How long.</param>
/// <param name="MinShare">The part of its weight it begins with, more than 0 to 1.</param>
/// <param name="Aggression">1 for a straight line, more to be faster at first.</param>
internal sealed record SlowStartSettings(TimeSpan Window, double MinShare, double Aggression);

/// <summary>The part of a large set that one client uses.</summary>
/// <param name="Size">How many endpoints of each failover group.</param>
/// <param name="Client">Which of the clients this is.</param>
internal sealed record ApertureSettings(int Size, string Client);
