using System.CommandLine;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Gossip;
using Rollcall.Cli.Output;
using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Commands.Gossip;

/// <summary><c>rollcall gossip leave</c>: the node goes, or a failed member is said to have gone.</summary>
internal static class GossipLeaveCommand
{
    // The longest that the presets allow, and some time to say so.
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(25);

    public static Command Create(CommandContext context)
    {
        var control = GossipInputs.Control();
        var name = new Argument<string?>("NAME") { Description = "A member that has failed and does not come back. Default: the node itself leaves.", Arity = ArgumentArity.ZeroOrOne };
        var prune = new Option<bool>("--prune") { Description = "With NAME: all members also forget it at once." };
        var command = new CliCommand("leave", "Lets the node leave the cluster and end; or says of a failed member that it has left.")
        {
            Details = "Without NAME it returns when the others know, so that nobody takes the node for failed. With NAME it is as 'serf force-leave':\n"
                + "members do not try to reach that one any more.",
            Examples =
            [
                new("The node of this machine", "rollcall gossip leave"),
                new("A member whose machine is gone for good", "rollcall gossip leave web-3"),
            ],
        };
        command.Add(name);
        command.Add(prune);
        command.Add(control);
        return context.Bind(command, async (invocation, cancellationToken) =>
        {
            var (client, output) = (GossipInputs.Client(invocation, control), invocation.Environment.Out);
            var prunes = invocation.Parse.GetValue(prune);
            if (invocation.Parse.GetValue(name) is { } member)
            {
                await client.AskOnceAsync(new() { Command = ControlRequest.ForceLeave, Member = member, Prune = prunes }, ControlClient.AnswerLimit, cancellationToken);
                output.WriteLine(PrintableText.Clean(prunes ? $"{member} is forgotten" : $"{member} is said to have left"));
                return ExitCode.Ok;
            }

            if (prunes)
                throw UsageErrors.Fault(command, "--prune goes with the name of a member");
            var answer = await client.AskOnceAsync(new() { Command = ControlRequest.Leave }, LeaveLimit, cancellationToken);
            output.WriteLine(PrintableText.Clean($"{answer.Node} has left the cluster"));
            if (answer.Late)
                invocation.Note("Not all members were told in time; some may take it for failed.");
            return ExitCode.Ok;
        });
    }
}
