using System.Globalization;

namespace Rollcall.Registry;

/// <summary>The rules of a check.</summary>
internal static class CheckRules
{
    private const int MaxTargetLength = 2048;
    private const int MaxThreshold = 10;

    private static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxInterval = TimeSpan.FromHours(1);
    private static readonly TimeSpan MinTimeout = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromMinutes(1);

    public static void Validate(string field, CheckDefinition check, List<FieldError> errors)
    {
        ValidateTarget(field, check, errors);
        if (check.Interval < MinInterval || check.Interval > MaxInterval)
            errors.Add(new($"{field}.interval", $"must be 1s to 1h, got {DurationText.Format(check.Interval)}"));
        if (check.Timeout < MinTimeout || check.Timeout > MaxTimeout)
            errors.Add(new($"{field}.timeout", $"must be 10ms to 1m, got {DurationText.Format(check.Timeout)}"));
        else if (check.Timeout > check.Interval)
            errors.Add(new($"{field}.timeout", $"must be at most the interval of {DurationText.Format(check.Interval)}, got {DurationText.Format(check.Timeout)}"));
        ValidateThreshold($"{field}.failureThreshold", check.FailureThreshold, errors);
        ValidateThreshold($"{field}.successThreshold", check.SuccessThreshold, errors);
    }

    private static void ValidateTarget(string field, CheckDefinition check, List<FieldError> errors)
    {
        var name = check.Kind == CheckKind.Http ? $"{field}.http" : $"{field}.tcp";
        var rule = check.Kind switch
        {
            _ when check.Target.Length > MaxTargetLength => "at most 2,048 characters",
            CheckKind.Http when !IsHttpUrl(check.Target) => "an absolute http:// or https:// URL such as http://10.0.0.5:8080/health",
            CheckKind.Tcp when !AddressRules.IsHostAndPort(check.Target) => "a host and port such as 10.0.0.5:8080 or [fd00::5]:8080",
            _ => null,
        };
        if (rule is not null)
            errors.Add(new(name, $"must be {rule}, got {RegistrationValidator.Quote(check.Target)}"));
    }

    private static bool IsHttpUrl(string text) =>
        !text.AsSpan().ContainsAnyInRange('\0', ' ')
        && Uri.TryCreate(text, UriKind.Absolute, out var url)
        && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
        && url.Host.Length > 0
        && url.Port is > 0 and <= 65535;

    private static void ValidateThreshold(string field, int threshold, List<FieldError> errors)
    {
        if (threshold is < 1 or > MaxThreshold)
            errors.Add(new(field, string.Create(CultureInfo.InvariantCulture, $"must be 1 to 10, got {threshold}")));
    }
}
