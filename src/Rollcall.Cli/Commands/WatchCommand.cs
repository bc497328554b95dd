using System.CommandLine;
using System.Text.Json;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Output;
using Rollcall.Cli.Usage;
using Rollcall.Watching;

namespace Rollcall.Cli.Commands;

/// <summary><c>rollcall watch</c>: what a target stands for, as it changes.</summary>
internal static class WatchCommand
{
    public static Command Create(CommandContext context)
    {
        var target = Inputs.Target();
        var command = new CliCommand("watch", "Follows the endpoints of a target until Ctrl-C.")
        {
            Details = "Fails when there is no answer at first; later the last state is kept, and said to be stale, until there is one again.\n"
                + "On a terminal a table that is redrawn. In a pipe one line per change: the time, then + came, - left, ~ changed, ! fresh or stale.\n"
                + "With -o json one document per line, each the whole state.",
            Heeds = context.NodeAndOutput,
            Examples =
            [
                new("A table that stays up to date", "rollcall watch orders"),
                new("A log of changes", "rollcall watch orders | tee orders.log"),
                new("For a script", "rollcall watch orders -o json | jq -r '.endpoints | length'"),
            ],
        };
        command.Add(target);
        return context.Bind(command, async (invocation, cancellationToken) =>
        {
            await using var resolver = invocation.OpenResolver();
            var wanted = invocation.Parse.GetRequiredValue(target);
            try
            {
                // A watch waits for ever; whoever mistyped the node wants to hear of it now.
                await resolver.ResolveAsync(wanted, cancellationToken);
                using var watch = resolver.Watch(wanted);
                if (invocation.Environment.IsTerminal && invocation.Format != OutputFormat.Json)
                    await LiveTable.RunAsync(watch, invocation, cancellationToken);
                else
                    await PrintChangesAsync(watch, invocation, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // Ctrl-C is how a watch ends.
            }

            return ExitCode.Ok;
        });
    }

    private static async Task PrintChangesAsync(ServiceWatch watch, Invocation invocation, CancellationToken cancellationToken)
    {
        var output = invocation.Environment.Out;
        EndpointSet? before = null;
        await foreach (var set in watch.ReadAllAsync(cancellationToken))
        {
            if (invocation.Format == OutputFormat.Json)
            {
                await output.WriteLineAsync(JsonSerializer.Serialize(EndpointSetDocument.Of(set), JsonText.Line.EndpointSetDocument));
            }
            else
            {
                var time = TimeText.Format(invocation.Now);
                foreach (var change in EndpointChanges.Between(before, set))
                    await output.WriteLineAsync($"{time}  {change}");
            }

            before = set;
        }
    }
}
