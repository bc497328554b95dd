using Microsoft.Extensions.Options;
using Rollcall.Api;
using Rollcall.Balancing;
using Rollcall.Health;
using Rollcall.Http;
using Rollcall.Sources;
using Rollcall.Sources.Dns;
using Rollcall.Watching;

namespace Rollcall.DependencyInjection;

/// <summary>Checks everything an application has configured, naming every violation at once by its key.</summary>
internal sealed class RollcallOptionsValidator(SourceRegistry sources, Balancers balancers) : IValidateOptions<RollcallOptions>
{
    public ValidateOptionsResult Validate(string? name, RollcallOptions options)
    {
        List<string> errors = [.. options.Unreadable];
        foreach (var (service, text) in options.Services)
        {
            if (TargetProblem(text) is { } problem)
                errors.Add($"{RollcallOptions.Section}:{nameof(options.Services)}:{service} is wrong. {problem}");
        }

        if (options.DefaultScheme is { } scheme && !sources.Schemes.Contains(scheme, StringComparer.Ordinal))
            errors.Add($"{RollcallOptions.Section}:{nameof(options.DefaultScheme)} is '{scheme}', for which there is no source; there are: {string.Join(", ", sources.Schemes)}.");
        foreach (var node in NodesOf(options.Node))
        {
            if (!NodeUrl.TryParse(node, out _, out var problem))
                errors.Add($"{RollcallOptions.Section}:{nameof(options.Node)} is wrong. {problem}");
        }

        if (options.AvoidTime < TimeSpan.Zero || options.MaxAvoidTime < options.AvoidTime)
        {
            errors.Add(
                $"{RollcallOptions.Section}:{nameof(options.AvoidTime)} is {options.AvoidTime} and {nameof(options.MaxAvoidTime)} {options.MaxAvoidTime}; "
                + "the first must not be negative, the second not be shorter than the first.");
        }

        errors.AddRange(RollcallClientOptionsValidator.Errors(options, balancers, $"{RollcallOptions.Section}:"));
        errors.AddRange(HealthOptionsValidator.Errors(options.Health, $"{RollcallOptions.Section}:{nameof(options.Health)}:"));
        errors.AddRange(WatchOptionsValidator.Errors(options.Watch).Select(static error => $"{RollcallOptions.Section}:{nameof(options.Watch)}: {error}"));
        errors.AddRange(DnsSourceOptionsValidator.Errors(options.Dns).Select(static error => $"{RollcallOptions.Section}:{nameof(options.Dns)}:{error}"));
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    /// <summary>The nodes of a list with commas.</summary>
    public static string[] NodesOf(string? text) => text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    private string? TargetProblem(string text)
    {
        if (!ServiceTarget.TryParse(text, out var target, out var error))
            return error;
        try
        {
            sources.Validate(target);
            return null;
        }
        catch (ArgumentException malformed)
        {
            return malformed.Message;
        }
    }
}
