using Rollcall.Configuration;

namespace Rollcall.Http;

/// <summary>Reads from a section of the configuration how requests are sent. What is not there stays as it is.</summary>
internal static class RollcallClientOptionsReader
{
    public static void Read(ConfigurationReader reader, RollcallClientOptions options)
    {
        options.PerTryTimeout = reader.Duration(nameof(options.PerTryTimeout)) ?? options.PerTryTimeout;
        options.TotalTimeout = reader.Duration(nameof(options.TotalTimeout)) ?? options.TotalTimeout;
        options.MaxAttempts = reader.Number(nameof(options.MaxAttempts)) ?? options.MaxAttempts;
        options.ConnectTimeout = reader.Duration(nameof(options.ConnectTimeout)) ?? options.ConnectTimeout;
        options.RetryErrors = reader.Flag(nameof(options.RetryErrors)) ?? options.RetryErrors;
        options.RetryBudget = reader.Share(nameof(options.RetryBudget)) ?? options.RetryBudget;
        options.MinRetriesPerSecond = reader.Number(nameof(options.MinRetriesPerSecond)) ?? options.MinRetriesPerSecond;
        options.MaxReplayBytes = reader.Number(nameof(options.MaxReplayBytes)) ?? options.MaxReplayBytes;
        options.HedgingDelay = reader.Duration(nameof(options.HedgingDelay)) ?? options.HedgingDelay;
        options.HedgingQuantile = reader.Share(nameof(options.HedgingQuantile)) ?? options.HedgingQuantile;
        options.MaxHedges = reader.Number(nameof(options.MaxHedges)) ?? options.MaxHedges;
        options.BreakerMinRequests = reader.Number(nameof(options.BreakerMinRequests)) ?? options.BreakerMinRequests;
        options.BreakerWindow = reader.Duration(nameof(options.BreakerWindow)) ?? options.BreakerWindow;
        options.BreakerPause = reader.Duration(nameof(options.BreakerPause)) ?? options.BreakerPause;
        options.MaxRequests = reader.Number(nameof(options.MaxRequests)) ?? options.MaxRequests;
        options.MaxRequestsPerEndpoint = reader.Number(nameof(options.MaxRequestsPerEndpoint)) ?? options.MaxRequestsPerEndpoint;
        options.MaxQueue = reader.Number(nameof(options.MaxQueue)) ?? options.MaxQueue;
        options.AffinityKey = reader.Text(nameof(options.AffinityKey)) ?? options.AffinityKey;
    }
}
