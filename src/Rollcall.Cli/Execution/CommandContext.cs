using System.CommandLine;
using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Execution;

/// <summary>What every command is built with.</summary>
internal sealed record CommandContext(CliEnvironment Environment, GlobalOptions Globals)
{
    /// <summary>The global options of a command that asks a node.</summary>
    public IReadOnlyList<Option> NodeAndOutput => [Globals.Node, Globals.Output];

    /// <summary>Lets <paramref name="body"/> be what the command does.</summary>
    public CliCommand Bind(CliCommand command, Func<Invocation, CancellationToken, Task<int>> body)
    {
        command.SetAction((parse, cancellationToken) => body(new Invocation(parse, Environment, Globals), cancellationToken));
        return command;
    }
}
