using Rollcall.Http;
using Rollcall.Sources.Text;

namespace Rollcall.Gateway.Configuration;

/// <summary>Reads how the endpoints of a cluster are chosen and tried: the options of an HTTP client, by the same names.</summary>
internal static class ClientReader
{
    /// <summary>What a gateway loads of a body to be able to send it again, where nobody says otherwise: a form or a document, not an upload.</summary>
    public const int DefaultReplayBytes = 64 * 1024;

    private const int MaxReplayBytes = 64 * 1024 * 1024;
    private const int MaxCount = 1_000_000;

    private static readonly TimeSpan MaxTime = TimeSpan.FromHours(1);
    private static readonly TimeSpan MinBreakerTime = TimeSpan.FromMilliseconds(500);

    public static readonly string[] Keys =
    [
        "balancer", "zone", "preferOwnZone", "subset", "slowStartWindow", "slowStartMinShare", "slowStartAggression", "aperture",
        "perTryTimeout", "totalTimeout", "maxAttempts", "connectTimeout", "retryErrors", "retryBudget", "minRetriesPerSecond", "maxReplayBytes",
        "hedgingDelay", "hedgingQuantile", "maxHedges", "breakerMinRequests", "breakerWindow", "breakerPause", "maxRequests", "maxRequestsPerEndpoint", "maxQueue",
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
        ReadTries(part, client);
        ReadLimits(part, client);
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

    private static void ReadTries(Section part, RollcallClientOptions client)
    {
        client.PerTryTimeout = part.Duration("perTryTimeout", TimeSpan.Zero, MaxTime) ?? client.PerTryTimeout;
        client.TotalTimeout = part.Duration("totalTimeout", TimeSpan.Zero, MaxTime) ?? client.TotalTimeout;
        client.MaxAttempts = (int)(part.Number("maxAttempts", 1, 10) ?? client.MaxAttempts);
        client.ConnectTimeout = part.Duration("connectTimeout", TimeSpan.Zero, MaxTime) ?? client.ConnectTimeout;
        client.RetryErrors = part.Flag("retryErrors") ?? client.RetryErrors;
        client.RetryBudget = part.Fraction("retryBudget") ?? client.RetryBudget;
        client.MinRetriesPerSecond = (int)(part.Number("minRetriesPerSecond", 0, 100_000) ?? client.MinRetriesPerSecond);
        client.MaxReplayBytes = (int)(part.Number("maxReplayBytes", 0, MaxReplayBytes) ?? client.MaxReplayBytes);
        client.HedgingDelay = part.Duration("hedgingDelay", TimeSpan.Zero, MaxTime) ?? client.HedgingDelay;
        client.HedgingQuantile = part.Fraction("hedgingQuantile") ?? client.HedgingQuantile;
        client.MaxHedges = (int)(part.Number("maxHedges", 1, 5) ?? client.MaxHedges);
    }

    private static void ReadLimits(Section part, RollcallClientOptions client)
    {
        client.BreakerMinRequests = (int)(part.Number("breakerMinRequests", 0, MaxCount) ?? client.BreakerMinRequests);
        client.BreakerWindow = part.Duration("breakerWindow", MinBreakerTime, MaxTime) ?? client.BreakerWindow;
        client.BreakerPause = part.Duration("breakerPause", MinBreakerTime, MaxTime) ?? client.BreakerPause;
        client.MaxRequests = (int)(part.Number("maxRequests", 0, MaxCount) ?? client.MaxRequests);
        client.MaxRequestsPerEndpoint = (int)(part.Number("maxRequestsPerEndpoint", 0, MaxCount) ?? client.MaxRequestsPerEndpoint);
        client.MaxQueue = (int)(part.Number("maxQueue", 0, MaxCount) ?? client.MaxQueue);
    }

    // An error begins with the option's name, and that, but for its first letter, is the key.
    private static string KeyOf(Section part, string error)
    {
        var name = error.Split(' ')[0];
        var key = Keys.FirstOrDefault(key => string.Equals(name, key, StringComparison.OrdinalIgnoreCase) && part.Has(key));
        return key ?? "target";
    }
}
