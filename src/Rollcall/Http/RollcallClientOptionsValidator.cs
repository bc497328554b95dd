using Microsoft.Extensions.Options;
using Rollcall.Balancing;

namespace Rollcall.Http;

/// <summary>Checks the options of one client, naming every violation at once.</summary>
internal sealed class RollcallClientOptionsValidator(Balancers balancers) : IValidateOptions<RollcallClientOptions>
{
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
        if (options.PerTryTimeout <= TimeSpan.Zero || options.PerTryTimeout > MaxTime)
            yield return $"{where}{nameof(options.PerTryTimeout)} is {options.PerTryTimeout}; it must be more than 0 and at most 1 h.";
        if (options.ConnectTimeout <= TimeSpan.Zero || options.ConnectTimeout > MaxTime)
            yield return $"{where}{nameof(options.ConnectTimeout)} is {options.ConnectTimeout}; it must be more than 0 and at most 1 h.";
    }
}
