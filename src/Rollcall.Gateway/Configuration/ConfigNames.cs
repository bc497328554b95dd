namespace Rollcall.Gateway.Configuration;

/// <summary>Names that a file gives to its routes, clusters and versions: they become metric tags, arguments of commands and parts of URLs.</summary>
internal static class ConfigNames
{
    public const int MaxLength = 63;

    /// <summary>Why it is no name; null when it is one.</summary>
    public static string? ProblemOf(string name) =>
        name.Length is > 0 and <= MaxLength && char.IsAsciiLetterOrDigit(name[0]) && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? null
            : $"a name has 1 to {MaxLength} letters, digits, '-', '_' and '.', and begins with a letter or digit";
}
