using System.CommandLine;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Gossip;
using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Commands.Gossip;

/// <summary><c>rollcall gossip members</c>: who is there.</summary>
internal static class GossipMembersCommand
{
    public static Command Create(CommandContext context)
    {
        var control = GossipInputs.Control();
        var status = new Option<string[]>("--status")
        {
            Description = "Only members of this status: alive, leaving, left or failed. Repeatable.",
            HelpName = "STATUS",
            Arity = ArgumentArity.OneOrMore,
            CustomParser = static result =>
            {
                string[] given = [.. result.Tokens.Select(static token => token.Value)];
                foreach (var word in given)
                {
                    if (word is not (MemberDocument.Alive or MemberDocument.Leaving or MemberDocument.Left or MemberDocument.Failed))
                        result.AddError($"--status: '{word}' is none; there are alive, leaving, left and failed.");
                }

                return given;
            },
        };
        var command = new CliCommand("members", "Lists the members of the cluster as the node sees them.")
        {
            Details = "The statuses are Serf's: leaving has said that it goes, left has gone, failed did not answer. Who is suspected counts as alive until\n"
                + "it is given up; with -o json it has \"suspect\": true.",
            Heeds = [context.Globals.Output],
            Examples =
            [
                new("Who is there", "rollcall gossip members"),
                new("Who has failed, for a script", "rollcall gossip members --status failed -o json | jq -r '.members[].name'"),
            ],
        };
        command.Add(status);
        command.Add(control);
        return context.Bind(command, async (invocation, cancellationToken) =>
        {
            var wanted = invocation.Parse.GetValue(status) ?? [];
            var members = new List<MemberDocument>();
            await foreach (var answer in GossipInputs.Client(invocation, control).AskAsync(new() { Command = ControlRequest.Members }, ControlClient.AnswerLimit, cancellationToken))
            {
                if (answer.Member is { } member && (wanted.Length == 0 || wanted.Contains(member.Status, StringComparer.Ordinal)))
                    members.Add(member);
            }

            if (invocation.Format == OutputFormat.Json)
                invocation.PrintJson(new(members), ControlText.Indented.MembersDocument);
            else if (members.Count == 0)
                invocation.Note($"No member is {string.Join(" or ", wanted)}.");
            else
                invocation.Print(MemberTable.Of(members));
            return ExitCode.Ok;
        });
    }
}
