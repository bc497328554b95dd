using Microsoft.Extensions.Options;
using Rollcall.Balancing;

namespace Rollcall.Pooling;

/// <summary>Checks the options of one pool, naming every violation at once.</summary>
internal sealed class ConnectionPoolOptionsValidator(Balancers balancers) : IValidateOptions<ConnectionPoolOptions>
{
    private const int MostConnections = 100_000;
    private static readonly TimeSpan MaxTime = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, ConnectionPoolOptions options)
    {
        List<string> errors = [.. Errors(options, balancers, $"{ConnectionPoolOptions.Section}:{name}:")];
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    public static IEnumerable<string> Errors(ConnectionPoolOptions options, Balancers balancers, string where)
    {
        foreach (var error in options.Unreadable)
            yield return error;
        foreach (var error in BalancingOptionsValidator.Errors(options, balancers, where))
            yield return error;
        if (options.MaxConnections is < 1 or > MostConnections)
            yield return $"{where}{nameof(options.MaxConnections)} is {options.MaxConnections}; it must be 1 to 100000.";
        if (options.MaxPerEndpoint is < 1 or > MostConnections)
            yield return $"{where}{nameof(options.MaxPerEndpoint)} is {options.MaxPerEndpoint}; it must be 1 to 100000.";
        var most = Math.Max(1, Math.Min(options.MaxConnections, options.MaxPerEndpoint ?? options.MaxConnections));
        if (options.MinIdlePerEndpoint < 0 || options.MinIdlePerEndpoint > most)
            yield return $"{where}{nameof(options.MinIdlePerEndpoint)} is {options.MinIdlePerEndpoint}; it must be 0 to {most}, the lower of {nameof(options.MaxConnections)} and {nameof(options.MaxPerEndpoint)}.";
        foreach (var (key, time) in Times(options))
        {
            if (time <= TimeSpan.Zero || time > MaxTime)
                yield return $"{where}{key} is {time}; it must be more than 0 and at most 1 day.";
        }
    }

    private static IEnumerable<(string Key, TimeSpan Time)> Times(ConnectionPoolOptions options) =>
    [
        (nameof(options.IdleTimeout), options.IdleTimeout),
        (nameof(options.MaxLifetime), options.MaxLifetime),
        (nameof(options.CheckInterval), options.CheckInterval),
        (nameof(options.ConnectTimeout), options.ConnectTimeout),
        (nameof(options.RentTimeout), options.RentTimeout),
    ];
}
