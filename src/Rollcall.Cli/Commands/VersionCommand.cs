using System.CommandLine;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Output;
using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Commands;

/// <summary><c>rollcall version</c>: which program this is. Asks no node.</summary>
internal static class VersionCommand
{
    public static Command Create(CommandContext context) => context.Bind(
        new CliCommand("version", "Prints the version of this program; 'rollcall status' tells the node's.")
        {
            Heeds = [context.Globals.Output],
            Examples = [new("Which one is this", "rollcall version")],
        },
        static (invocation, _) =>
        {
            if (invocation.Format == OutputFormat.Json)
                invocation.PrintJson(ProgramVersion.Current, JsonText.Own.ProgramVersion);
            else
                invocation.Environment.Out.WriteLine(ProgramVersion.Current);
            return Task.FromResult(ExitCode.Ok);
        });
}
