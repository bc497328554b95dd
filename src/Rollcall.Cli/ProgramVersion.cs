using System.Reflection;

namespace Rollcall.Cli;

/// <summary>Which program this is.</summary>
/// <param name="Number">Such as <c>0.1.0</c>.</param>
/// <param name="Commit">Twelve digits of what it was built from; null when the build did not know.</param>
internal sealed record ProgramVersion(string Number, string? Commit)
{
    private const int CommitLength = 12;

    public static ProgramVersion Current { get; } = Parse(
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown");

    public override string ToString() => Commit is null ? $"rollcall {Number}" : $"rollcall {Number} ({Commit})";

    // "0.1.0+commit" as the build writes it.
    internal static ProgramVersion Parse(string informational)
    {
        var plus = informational.IndexOf('+', StringComparison.Ordinal);
        if (plus < 0)
            return new ProgramVersion(informational, null);
        var commit = informational[(plus + 1)..];
        return new ProgramVersion(informational[..plus], commit[..Math.Min(CommitLength, commit.Length)]);
    }
}
