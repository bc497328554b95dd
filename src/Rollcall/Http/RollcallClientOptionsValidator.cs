using Microsoft.Extensions.Options;
using Rollcall.Balancing;

namespace Rollcall.Http;

/// <summary>Checks the options of one client, naming every violation at once.</summary>
internal sealed class RollcallClientOptionsValidator(Balancers balancers) : IValidateOptions<RollcallClientOptions>
{
    private const int MaxReplay = 64 * 1024 * 1024;

    private static readonly TimeSpan MaxTime = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, RollcallClientOptions options)
    {
        List<string> errors = [.. Errors(options, balancers, $"HTTP client '{name}': ")];
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    public static IEnumerable<string> Errors(RollcallClientOptions options, Balancers balancers, string where)
    {
        foreach (var error in BalancingOptionsValidator.Errors(options, balancers, where))
            yield return error;
        if (options.MaxAttempts is < 1 or > 10)
            yield return $"{where}{nameof(options.MaxAttempts)} is {options.MaxAttempts}; it must be 1 to 10.";
        foreach (var (name, value) in new[] { (nameof(options.PerTryTimeout), options.PerTryTimeout), (nameof(options.ConnectTimeout), options.ConnectTimeout) })
        {
            if (value <= TimeSpan.Zero || value > MaxTime)
                yield return $"{where}{name} is {value}; it must be more than 0 and at most 1 h.";
        }

        foreach (var (name, value) in new[] { (nameof(options.TotalTimeout), options.TotalTimeout), (nameof(options.HedgingDelay), options.HedgingDelay) })
        {
            if (value < TimeSpan.Zero || value > MaxTime)
                yield return $"{where}{name} is {value}; it must be 0, which turns it off, to 1 h.";
        }

        if (options.RetryBudget is not (>= 0 and <= 1))
            yield return $"{where}{nameof(options.RetryBudget)} is {options.RetryBudget}; it must be 0 to 1.";
        if (options.MinRetriesPerSecond is < 0 or > 100_000)
            yield return $"{where}{nameof(options.MinRetriesPerSecond)} is {options.MinRetriesPerSecond}; it must be 0 to 100,000.";
        if (options.MaxReplayBytes is < 0 or > MaxReplay)
            yield return $"{where}{nameof(options.MaxReplayBytes)} is {options.MaxReplayBytes}; it must be 0 to {MaxReplay} (64 MiB).";
        if (options.HedgingQuantile is not (>= 0 and < 1))
            yield return $"{where}{nameof(options.HedgingQuantile)} is {options.HedgingQuantile}; it must be 0, which turns it off, to less than 1, such as 0.95.";
        if (options.MaxHedges is < 1 or > 5)
            yield return $"{where}{nameof(options.MaxHedges)} is {options.MaxHedges}; it must be 1 to 5. {nameof(options.HedgingDelay)} 0 turns hedging off.";
        if (options.BreakerMinRequests is not (0 or (>= 2 and <= 1_000_000)))
            yield return $"{where}{nameof(options.BreakerMinRequests)} is {options.BreakerMinRequests}; it must be 0, which turns the breaker off, or 2 to 1,000,000.";
        foreach (var (name, value) in new[] { (nameof(options.BreakerWindow), options.BreakerWindow), (nameof(options.BreakerPause), options.BreakerPause) })
        {
            if (value < TimeSpan.FromMilliseconds(500) || value > MaxTime)
                yield return $"{where}{name} is {value}; it must be 500 ms to 1 h.";
        }

        foreach (var (name, value) in new[] { (nameof(options.MaxRequests), options.MaxRequests), (nameof(options.MaxRequestsPerEndpoint), options.MaxRequestsPerEndpoint), (nameof(options.MaxQueue), options.MaxQueue) })
        {
            if (value is < 0 or > 1_000_000)
                yield return $"{where}{name} is {value}; it must be 0 to 1,000,000.";
        }

        if (options.AffinityKey is { } key && Affinity.Problem(key) is { } problem)
            yield return $"{where}{nameof(options.AffinityKey)} is '{key}'; {problem}";
    }
}
