using System.CommandLine;
using Rollcall.Api;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Output;
using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Commands;

/// <summary><c>rollcall history</c>: what happened.</summary>
internal static class HistoryCommand
{
    public static Command Create(CommandContext context)
    {
        var service = Inputs.OptionalService();
        var since = Inputs.Moment("--since", "Only what happened after: a duration ago such as 10m, or ISO 8601. Default: 1h.");
        var limit = Inputs.Number("--limit", "N", "The newest so many, 1 to 10000. Default: 1000.", 1, 10_000);
        var command = new CliCommand("history", "Lists the changes of a service, or of all, oldest first.")
        {
            Heeds = context.NodeAndOutput,
            Examples =
            [
                new("The last ten minutes of one service", "rollcall history orders --since 10m"),
                new("What lapsed today, and when", "rollcall history --since 24h --limit 10000 | grep expired"),
            ],
        };
        command.Add(service);
        command.Add(since);
        command.Add(limit);
        return context.Bind(command, async (invocation, cancellationToken) =>
        {
            var parse = invocation.Parse;
            var document = await invocation.AskAsync(node =>
                node.GetHistoryAsync(parse.GetValue(service), parse.GetValue(since)?.ApiText, parse.GetValue(limit), cancellationToken));
            if (!invocation.TryPrintJson(document, static json => json.HistoryDocument))
                Show(invocation, document, parse.GetValue(since));
            return ExitCode.Ok;
        });
    }

    private static void Show(Invocation invocation, HistoryDocument document, Moment? since)
    {
        if (since is not null && document.CompleteSince > since.At(invocation.Now))
            invocation.Note($"History is complete from {TimeText.Format(document.CompleteSince)} on only.");
        if (document.Truncated)
            invocation.Note("Older changes were left off; ask for more with --limit.");
        if (document.Changes.Count == 0)
        {
            invocation.Note("Nothing changed.");
            return;
        }

        var table = new Table("TIME", "REVISION", "KIND", "SERVICE", "ID", "STATE", "REASON");
        foreach (var change in document.Changes)
        {
            Cell state = change.State is null ? null : new(change.State, StateTone.Of(StateText.Parse(change.State)));
            table.Add(TimeText.Format(change.Time), change.Revision, new(change.Kind, ToneOf(change.Kind)), change.Service, change.Id, state, change.Reason);
        }

        invocation.Print(table);
    }

    private static Tone ToneOf(string kind) => kind switch
    {
        "registered" or "revived" => Tone.Good,
        "draining" => Tone.Warning,
        "expired" or "removed" => Tone.Bad,
        _ => Tone.Plain,
    };
}
