using System.CommandLine;
using Rollcall.Balancing;

namespace Rollcall.Cli.Usage;

/// <summary>The options that say how endpoints are chosen.</summary>
/// <param name="defaultPolicy">The policy when none is named.</param>
internal sealed class BalancingInputs(string defaultPolicy)
{
    private readonly Option<string?> _policy = new("--policy") { Description = $"The balancing policy. Default: {defaultPolicy}.", HelpName = "NAME" };

    private readonly Option<string?> _zone = new("--zone") { Description = "As a caller in this zone that prefers it.", HelpName = "ZONE" };

    private readonly Option<Dictionary<string, string>?> _subset = RepeatedInputs.Labels("--subset", "Only endpoints with this label; may be repeated.");

    private readonly Option<TimeSpan?> _slowStart = Inputs.Duration(
        "--slow-start", "As a caller that spares endpoints for so long after they became ready.", TimeSpan.Zero, TimeSpan.FromHours(1));

    private readonly Option<int?> _aperture = Inputs.Number(
        "--aperture", "N", "As a caller that uses so many endpoints.", 1, BalancingOptionsValidator.MaxAperture);

    private readonly Option<string?> _client = new("--client") { Description = "Which of the callers, such as checkout-3; goes with --aperture.", HelpName = "NAME" };

    public void AddTo(Command command)
    {
        command.Add(_policy);
        command.Add(_zone);
        command.Add(_subset);
        command.Add(_slowStart);
        command.Add(_aperture);
        command.Add(_client);
    }

    /// <summary>What was asked for.</summary>
    /// <exception cref="ArgumentException">There is no such policy.</exception>
    public BalancingOptions Read(ParseResult parse, Balancers balancers)
    {
        var options = new BalancingOptions();
        options.Balancer = balancers.Get(parse.GetValue(_policy) ?? defaultPolicy).Name;
        options.Zone = parse.GetValue(_zone);
        options.PreferOwnZone = options.Zone is not null;
        foreach (var (key, value) in parse.GetValue(_subset) ?? [])
            options.Subset[key] = value;
        options.SlowStartWindow = parse.GetValue(_slowStart) ?? TimeSpan.Zero;
        options.Aperture = parse.GetValue(_aperture) ?? 0;
        options.ApertureClient = parse.GetValue(_client);
        return options;
    }
}
