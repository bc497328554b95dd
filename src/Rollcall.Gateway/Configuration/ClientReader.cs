using Rollcall.Http;
using Rollcall.Sources.Text;

namespace Rollcall.Gateway.Configuration;

/// <summary>Reads how the endpoints of a cluster are chosen and tried: the options of an HTTP client, by the same names.</summary>
internal static class ClientReader
{
    private static readonly TimeSpan MaxTime = TimeSpan.FromHours(1);

    public static readonly string[] Keys =
    [
        "balancer", "zone", "preferOwnZone", "subset", "slowStartWindow", "slowStartMinShare", "slowStartAggression", "aperture", "perTryTimeout", "maxAttempts", "connectTimeout",
    ];

    public static RollcallClientOptions Read(Section part, ConfigVocabulary vocabulary)
    {
        var client = vocabulary.NewClient();
        client.Balancer = part.Text("balancer") ?? client.Balancer;
        client.Zone = part.Text("zone") ?? client.Zone;
        client.PreferOwnZone = part.Flag("preferOwnZone") ?? client.PreferOwnZone;
        client.SlowStartWindow = part.Duration("slowStartWindow", TimeSpan.Zero, MaxTime) ?? client.SlowStartWindow;
        client.SlowStartMinShare = part.Fraction("slowStartMinShare") ?? client.SlowStartMinShare;
        client.SlowStartAggression = part.Fraction("slowStartAggression") ?? client.SlowStartAggression;
        client.Aperture = (int)(part.Number("aperture", 0, 100_000) ?? client.Aperture);
        client.PerTryTimeout = part.Duration("perTryTimeout", TimeSpan.Zero, MaxTime) ?? client.PerTryTimeout;
        client.MaxAttempts = (int)(part.Number("maxAttempts", 1, 10) ?? client.MaxAttempts);
        client.ConnectTimeout = part.Duration("connectTimeout", TimeSpan.Zero, MaxTime) ?? client.ConnectTimeout;
        foreach (var (key, value) in part.Map("subset")?.Entries ?? [])
        {
            if (value is ScalarNode { Text: { } text })
                client.Subset[key.Text!] = text;
            else
                part.Fail(value, $"subset: '{key.Text}' must be text");
        }

        foreach (var error in vocabulary.ErrorsOf(client))
            part.Fail(KeyOf(part, error), error.TrimEnd('.'));
        return client;
    }

    // An error begins with the option's name, and that, but for its first letter, is the key.
    private static string KeyOf(Section part, string error)
    {
        var key = Keys.FirstOrDefault(key => error.StartsWith(key, StringComparison.OrdinalIgnoreCase) && part.Has(key));
        return key ?? "target";
    }
}
