using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;

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

    /// <summary>The longest key of a metadata entry, in characters.</summary>
    public const int MaxMetadataKeyLength = 128;

    /// <summary>The most ports of an instance.</summary>
    public const int MaxPorts = 32;

    /// <summary>The most checks of an instance.</summary>
    public const int MaxChecks = 8;

    /// <summary>The longest name of a machine, in characters.</summary>
    public const int MaxNodeLength = 253;

    private const int MaxQuoted = 64;
    private const string LabelRule = "must be 1 to 63 of a-z 0-9 - with a letter or digit at both ends";

    /// <summary>The shortest lease.</summary>
    public static readonly TimeSpan MinTtl = TimeSpan.FromSeconds(1);

    /// <summary>The longest lease.</summary>
    public static readonly TimeSpan MaxTtl = TimeSpan.FromHours(24);

    private static readonly SearchValues<char> MetadataKeyCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/-");

    /// <summary>Every violation; empty when there is none.</summary>
    public static IReadOnlyList<FieldError> Validate(InstanceRegistration registration)
    {
        ArgumentNullException.ThrowIfNull(registration);
        var errors = new List<FieldError>();
        if (!NameRules.IsLabel(registration.Service))
            errors.Add(new("service", $"{LabelRule}, got {Quote(registration.Service)}"));
        if (!NameRules.IsId(registration.Id))
            errors.Add(new("id", $"must be 1 to 128 characters: labels of a-z 0-9 - joined by dots, each 1 to 63 with a letter or digit at both ends, got {Quote(registration.Id)}"));
        if (AddressRules.CheckAddress(registration.Address) is { } rule)
            errors.Add(new("address", $"must be {rule}, got {Quote(registration.Address)}"));
        ValidatePorts(registration.Ports, errors);
        if (registration.Ttl < MinTtl || registration.Ttl > MaxTtl)
            errors.Add(new("ttl", $"must be 1s to 24h, got {DurationText.Format(registration.Ttl)}"));
        if (registration.Weight is < 0 or > Endpoint.DefaultWeight)
            errors.Add(new("weight", string.Create(CultureInfo.InvariantCulture, $"must be 0 to 100, got {registration.Weight}")));
        if (registration.Zone is { } zone && !NameRules.IsLabel(zone))
            errors.Add(new("zone", $"{LabelRule}, got {Quote(zone)}"));
        if (registration.Node is { } node && (node.Length is 0 or > MaxNodeLength || !IsPlainText(node)))
            errors.Add(new("node", $"must be 1 to 253 characters without control characters, got {Quote(node)}"));
        ValidateMetadata(registration.Metadata, errors);
        ValidateChecks(registration.Checks, errors);
        return errors;
    }

    /// <summary>A value as an error shows it: in quotes, shortened, control characters made visible.</summary>
    internal static string Quote(string value)
    {
        var text = new StringBuilder(MaxQuoted + 8).Append('\'');
        foreach (var character in value.AsSpan(0, Math.Min(value.Length, MaxQuoted)))
            text.Append(char.IsControl(character) || char.IsSurrogate(character) ? '?' : character);
        return text.Append(value.Length > MaxQuoted ? "…'" : "'").ToString();
    }

    private static void ValidatePorts(SmallMap<int> ports, List<FieldError> errors)
    {
        if (ports.Count is 0 or > MaxPorts)
            errors.Add(new("ports", string.Create(CultureInfo.InvariantCulture, $"must be 1 to {MaxPorts} ports by name such as {{\"http\":8080}}, got {ports.Count}")));
        foreach (var (name, port) in ports.AsSpan())
        {
            if (!NameRules.IsLabel(name))
                errors.Add(new($"ports.{Shorten(name)}", $"the name of a port {LabelRule}, got {Quote(name)}"));
            if (port is < 1 or > 65535)
                errors.Add(new($"ports.{Shorten(name)}", string.Create(CultureInfo.InvariantCulture, $"must be 1 to 65535, got {port}")));
        }
    }

    private static void ValidateMetadata(SmallMap<string> metadata, List<FieldError> errors)
    {
        if (metadata.Count > MaxMetadataEntries)
            errors.Add(new("metadata", string.Create(CultureInfo.InvariantCulture, $"must be at most {MaxMetadataEntries} entries, got {metadata.Count}")));
        var bytes = 0;
        foreach (var (key, value) in metadata.AsSpan())
        {
            bytes += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value);
            if (key.Length is 0 or > MaxMetadataKeyLength || key.AsSpan().ContainsAnyExcept(MetadataKeyCharacters))
                errors.Add(new($"metadata.{Shorten(key)}", $"a key must be 1 to 128 of A-Z a-z 0-9 . _ / -, got {Quote(key)}"));
            if (!IsPlainText(value))
                errors.Add(new($"metadata.{Shorten(key)}", $"must be text without control characters, got {Quote(value)}"));
        }

        if (bytes > MaxMetadataBytes)
            errors.Add(new("metadata", string.Create(CultureInfo.InvariantCulture, $"must be at most {MaxMetadataBytes:N0} bytes of UTF-8, keys and values together, got {bytes:N0}")));
    }

    private static void ValidateChecks(ImmutableArray<CheckDefinition> checks, List<FieldError> errors)
    {
        if (checks.Length > MaxChecks)
            errors.Add(new("checks", string.Create(CultureInfo.InvariantCulture, $"must be at most {MaxChecks}, got {checks.Length}")));
        for (var i = 0; i < checks.Length; i++)
            CheckRules.Validate(string.Create(CultureInfo.InvariantCulture, $"checks[{i}]"), checks[i], errors);
    }

    // Half a surrogate pair is no text: it would be stored as something else than was sent.
    private static bool IsPlainText(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]))
                return false;
            if (!char.IsSurrogate(text[i]))
                continue;
            if (!char.IsSurrogatePair(text, i))
                return false;
            i++;
        }

        return true;
    }

    private static string Shorten(string name) => name.Length <= MaxQuoted ? name : name[..MaxQuoted];
}
