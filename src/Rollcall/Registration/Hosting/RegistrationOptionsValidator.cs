using Microsoft.Extensions.Options;

namespace Rollcall.Registration.Hosting;

internal sealed class RegistrationOptionsValidator : IValidateOptions<RegistrationOptions>
{
    public ValidateOptionsResult Validate(string? name, RegistrationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string[] violations = [.. options.Unreadable, .. Violations(options)];
        return violations.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(violations);
    }

    private static IEnumerable<string> Violations(RegistrationOptions options)
    {
        foreach (var node in options.Nodes)
        {
            if (!Api.NodeUrl.TryParse(node, out _, out var error))
                yield return error;
        }

        if (options.Owner is { } owner && (owner.Length > 256 || owner.AsSpan().ContainsAnyExceptInRange(' ', '~')))
            yield return "The owner secret must be at most 256 characters of printable ASCII.";
        if (options.DrainTimeout < TimeSpan.Zero || options.DrainTimeout > TimeSpan.FromMinutes(10))
            yield return $"The drain timeout is {options.DrainTimeout}; it must be 0 s to 10 min.";
        if (options.DeregisterTimeout < TimeSpan.Zero || options.DeregisterTimeout > TimeSpan.FromMinutes(1))
            yield return $"The deregister timeout is {options.DeregisterTimeout}; it must be 0 s to 1 min.";
    }
}
