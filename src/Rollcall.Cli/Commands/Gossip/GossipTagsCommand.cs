using System.CommandLine;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Gossip;
using Rollcall.Cli.Output;
using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Commands.Gossip;

/// <summary><c>rollcall gossip tags</c>: what the node says of itself.</summary>
internal static class GossipTagsCommand
{
    public static Command Create(CommandContext context)
    {
        var control = GossipInputs.Control();
        var set = new Argument<string[]>("KEY=VALUE")
        {
            Description = "A tag to set; several may be given. Without any the tags are shown.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var delete = new Option<string[]>("--delete") { Description = "A tag to take away. Repeatable.", HelpName = "KEY", Arity = ArgumentArity.OneOrMore };
        var command = new CliCommand("tags", "Shows or changes the tags that the node tells to all.")
        {
            Details = "All members see the change within moments. It holds until the node ends; its next start has the tags of its command line.",
            Heeds = [context.Globals.Output],
            Examples =
            [
                new("What it says of itself", "rollcall gossip tags"),
                new("One changed, one taken away", "rollcall gossip tags version=v2 --delete canary"),
            ],
        };
        command.Add(set);
        command.Add(delete);
        command.Add(control);
        return context.Bind(command, async (invocation, cancellationToken) =>
        {
            var answer = await GossipInputs.Client(invocation, control).AskOnceAsync(
                new()
                {
                    Command = ControlRequest.Tags,
                    Set = Read(command, invocation.Parse.GetValue(set) ?? []),
                    Delete = invocation.Parse.GetValue(delete) ?? [],
                },
                ControlClient.AnswerLimit,
                cancellationToken);
            var tags = answer.Tags ?? new Dictionary<string, string>(StringComparer.Ordinal);
            if (invocation.Format == OutputFormat.Json)
                invocation.PrintJson(new(answer.Node ?? "", tags), ControlText.Indented.TagsDocument);
            else if (tags.Count == 0)
                invocation.Note($"{answer.Node} has no tags.");
            else
                invocation.Print(Table(tags));
            return ExitCode.Ok;
        });
    }

    private static Table Table(IReadOnlyDictionary<string, string> tags)
    {
        var table = new Table("TAG", "VALUE");
        foreach (var (key, value) in tags.OrderBy(static tag => tag.Key, StringComparer.Ordinal))
            table.Add(key, value);
        return table;
    }

    private static Dictionary<string, string> Read(CliCommand command, string[] texts)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw UsageErrors.Fault(command, $"'{text}' is not a key and a value, such as version=v2");
            if (!tags.TryAdd(text[..equals], text[(equals + 1)..]))
                throw UsageErrors.Fault(command, $"{text[..equals]} is given twice; give it once");
        }

        return tags;
    }
}
