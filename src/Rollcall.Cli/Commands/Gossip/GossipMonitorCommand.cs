using System.CommandLine;
using System.Text.Json;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Gossip;
using Rollcall.Cli.Output;
using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Commands.Gossip;

/// <summary><c>rollcall gossip monitor</c>: what happens in the cluster.</summary>
internal static class GossipMonitorCommand
{
    public static Command Create(CommandContext context)
    {
        var control = GossipInputs.Control();
        var command = new CliCommand("monitor", "Follows the members and events of the cluster until Ctrl-C.")
        {
            Details = "All members first, then one line per change: the time, then + came, - failed, left or is forgotten, ~ changed, * an event, ! how\n"
                + "many members follow. With -o json one document per line.",
            Heeds = [context.Globals.Output],
            Examples =
            [
                new("What happens", "rollcall gossip monitor"),
                new("The payloads of an event, for a script", "rollcall gossip monitor -o json | jq -r 'select(.event == \"deploy\").payload'"),
            ],
        };
        command.Add(control);
        return context.Bind(command, async (invocation, cancellationToken) =>
        {
            var client = GossipInputs.Client(invocation, control);
            var lines = new ChangeLines();
            try
            {
                await foreach (var answer in client.AskAsync(new() { Command = ControlRequest.Monitor }, Timeout.InfiniteTimeSpan, cancellationToken))
                {
                    if (answer.Change is { } change)
                        Print(invocation, lines, change);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // Ctrl-C is how it ends.
            }

            return ExitCode.Ok;
        });
    }

    private static void Print(Invocation invocation, ChangeLines lines, ChangeDocument change)
    {
        var (output, useColours) = (invocation.Environment.Out, invocation.Environment.UseColours);
        if (invocation.Format == OutputFormat.Json)
        {
            output.WriteLine(JsonSerializer.Serialize(change with { Time = invocation.Now }, ControlText.Line.ChangeDocument));
            return;
        }

        var (text, tone) = lines.Of(change);
        output.WriteLine($"{TimeText.Format(invocation.Now)}  {Ansi.Paint(PrintableText.Clean(text), tone, useColours)}");
    }
}
