using System.Reflection;

namespace Rollcall.Cli;

/// <summary>Which program this is, in words.</summary>
internal static class VersionText
{
    private const int CommitLength = 12;

    /// <summary>The version, with the commit when the build knew it.</summary>
    public static string Full { get; } = Describe(Informational);

    /// <summary>The version without the commit.</summary>
    public static string Short { get; } = Describe(Informational.Split('+')[0]);

    private static string Informational =>
        typeof(VersionText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "of unknown version";

    // "0.1.0+commit" as the build writes it.
    internal static string Describe(string informational)
    {
        var plus = informational.IndexOf('+', StringComparison.Ordinal);
        if (plus < 0)
            return $"rollcall {informational}";
        var commit = informational[(plus + 1)..];
        return $"rollcall {informational[..plus]} ({commit[..Math.Min(CommitLength, commit.Length)]})";
    }
}
