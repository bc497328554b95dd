using System.CommandLine;
using System.Text;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Gossip;
using Rollcall.Cli.Output;
using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Commands.Gossip;

/// <summary><c>rollcall gossip send</c>: an event to all.</summary>
internal static class GossipSendCommand
{
    public static Command Create(CommandContext context)
    {
        var control = GossipInputs.Control();
        var name = new Argument<string>("NAME") { Description = "What the event is called." };
        var payload = new Argument<string?>("PAYLOAD") { Description = "What it carries; with the name at most 512 bytes.", Arity = ArgumentArity.ZeroOrOne };
        var command = new CliCommand("send", "Sends an event to all members, as 'serf event' does.")
        {
            Details = "The event is passed on from member to member, and comes once to each that is there. 'monitor' shows events; agents hand them to\n"
                + "their handlers.",
            Examples = [new("To whoever waits for it", "rollcall gossip send deploy v2")],
        };
        command.Add(name);
        command.Add(payload);
        command.Add(control);
        return context.Bind(command, async (invocation, cancellationToken) =>
        {
            var called = invocation.Parse.GetRequiredValue(name);
            if (called.Length == 0)
                throw UsageErrors.Fault(command, "NAME is empty; an event has a name");
            await GossipInputs.Client(invocation, control).AskOnceAsync(
                new() { Command = ControlRequest.Send, Event = called, Payload = Encoding.UTF8.GetBytes(invocation.Parse.GetValue(payload) ?? "") },
                ControlClient.AnswerLimit,
                cancellationToken);
            invocation.Environment.Out.WriteLine(PrintableText.Clean($"{called} sent"));
            return ExitCode.Ok;
        });
    }
}
