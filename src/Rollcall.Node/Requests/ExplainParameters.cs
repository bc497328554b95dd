using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Rollcall.Balancing;
using Rollcall.Node.Problems;

namespace Rollcall.Node.Requests;

/// <summary>The query of <c>GET /api/services/{service}/explain</c>.</summary>
internal static class ExplainParameters
{
    /// <summary>The longest key and the longest name of a client, in characters.</summary>
    public const int MaxLength = 1024;

    /// <summary>How endpoints are to be chosen and for which key, or why the query is refused: every parameter that breaks a rule.</summary>
    public static Problem? Read(string? query, Balancers balancers, out BalancingOptions options, out string? key)
    {
        (options, key) = (new BalancingOptions(), null);
        var errors = new QueryErrors();
        foreach (var pair in new QueryStringEnumerable(query))
        {
            var (name, value) = (pair.DecodeName().ToString(), pair.DecodeValue().ToString());
            if (name == "key" && errors.First(name))
                key = Text(name, value, errors);
            else
                Take(name, value, balancers, options, errors);
        }

        return errors.ToProblem();
    }

    private static void Take(string name, string value, Balancers balancers, BalancingOptions options, QueryErrors errors)
    {
        const string prefix = "meta.";
        switch (name)
        {
            case "policy" when errors.First(name):
                if (balancers.Contains(value))
                    options.Balancer = value;
                else
                    errors.Add(name, $"must be one of {string.Join(", ", balancers.Names)}, got {Echo.Quote(value)}");
                break;
            case "zone" when errors.First(name):
                if (!NameRules.IsLabel(value))
                    errors.Add(name, $"{NameMessages.Label}, got {Echo.Quote(value)}");
                (options.Zone, options.PreferOwnZone) = (value, true);
                break;
            case "slow-start" when errors.First(name):
                if (!DurationText.TryParse(value, out var window) || window > TimeSpan.FromHours(1))
                    errors.Add(name, $"must be a duration from 0s to 1h, got {Echo.Quote(value)}");
                options.SlowStartWindow = window;
                break;
            case "aperture" when errors.First(name):
                if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size is < 1 or > 100_000)
                    errors.Add(name, $"must be a whole number from 1 to 100,000, got {Echo.Quote(value)}");
                options.Aperture = size;
                break;
            case "client" when errors.First(name):
                options.ApertureClient = Text(name, value, errors);
                break;
            default:
                // Unknown parameters are ignored, as everywhere.
                if (!name.StartsWith(prefix, StringComparison.Ordinal))
                    break;
                if (string.IsNullOrWhiteSpace(name[prefix.Length..]))
                    errors.Add(prefix, "must name a label, such as meta.version=v2");
                else if (errors.First(name))
                    options.Subset[name[prefix.Length..]] = value;
                break;
        }
    }

    private static string? Text(string name, string value, QueryErrors errors)
    {
        if (string.IsNullOrWhiteSpace(value) || value.Length > MaxLength)
            errors.Add(name, string.Create(CultureInfo.InvariantCulture, $"must have 1 to {MaxLength} characters and not be blank"));
        return value;
    }
}
