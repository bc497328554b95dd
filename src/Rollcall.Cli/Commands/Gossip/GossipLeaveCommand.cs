using System.CommandLine;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Gossip;
using Rollcall.Cli.Output;
using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Commands.Gossip;

/// <summary><c>rollcall gossip leave</c>: the node goes.</summary>
internal static class GossipLeaveCommand
{
    // The longest that the presets allow, and some time to say so.
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(25);

    public static Command Create(CommandContext context)
    {
        var control = GossipInputs.Control();
        var command = new CliCommand("leave", "Lets the node leave the cluster and end.")
        {
            Details = "Returns when the others know, so that nobody takes the node for failed.",
            Examples = [new("The node of this machine", "rollcall gossip leave")],
        };
        command.Add(control);
        return context.Bind(command, async (invocation, cancellationToken) =>
        {
            var answer = await GossipInputs.Client(invocation, control).AskOnceAsync(new() { Command = ControlRequest.Leave }, LeaveLimit, cancellationToken);
            invocation.Environment.Out.WriteLine(PrintableText.Clean($"{answer.Node} has left the cluster"));
            if (answer.Late)
                invocation.Note("Not all members were told in time; some may take it for failed.");
            return ExitCode.Ok;
        });
    }
}
