using System.CommandLine;
using System.Reflection;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Commands;

/// <summary><c>rollcall version</c>: which program this is. Asks no node.</summary>
internal static class VersionCommand
{
    private const int CommitLength = 12;

    /// <summary>The version, with the commit when the build knew it.</summary>
    public static string Text { get; } = Describe(
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "of unknown version");

    public static Command Create(CommandContext context) => context.Bind(
        new CliCommand("version", "Prints the version of this program; 'rollcall status' tells the node's.")
        {
            Examples = [new("Which one is this", "rollcall version")],
        },
        static (invocation, _) =>
        {
            invocation.Environment.Out.WriteLine(Text);
            return Task.FromResult(ExitCode.Ok);
        });

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
