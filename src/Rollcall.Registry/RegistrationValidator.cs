namespace Rollcall.Registry;

/// <summary>A field that was refused and why: the value, the rule, the limit.</summary>
/// <param name="Field">The field, as the API spells it: <c>ports.http</c>, <c>checks[0].interval</c>.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public readonly record struct FieldError(string Field, string Message);

/// <summary>The rules every registration must meet. All violations are reported at once.</summary>
public static class RegistrationValidator
{
    /// <summary>The most metadata entries of an instance.</summary>
    public const int MaxMetadataEntries = 64;

    /// <summary>The most bytes of metadata of an instance, keys and values together, as UTF-8.</summary>
    public const int MaxMetadataBytes = 8 * 1024;

    /// <summary>The most ports of an instance.</summary>
    public const int MaxPorts = 32;

    /// <summary>The most checks of an instance.</summary>
    public const int MaxChecks = 8;

    /// <summary>The shortest lease.</summary>
    public static readonly TimeSpan MinTtl = TimeSpan.FromSeconds(1);

    /// <summary>The longest lease.</summary>
    public static readonly TimeSpan MaxTtl = TimeSpan.FromHours(24);

    /// <summary>Every violation; empty when there is none.</summary>
    public static IReadOnlyList<FieldError> Validate(InstanceRegistration registration) => throw new NotImplementedException();
}
