using System.CommandLine;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Output;
using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Commands;

/// <summary><c>rollcall watchers</c>: who would have to notice a change.</summary>
internal static class WatchersCommand
{
    public static Command Create(CommandContext context)
    {
        var service = Inputs.Service();
        var command = new CliCommand("watchers", "Lists who watches a service and which revision each has applied.")
        {
            Heeds = context.NodeAndOutput,
            Examples = [new("Who would a drain wait for", "rollcall watchers orders")],
        };
        command.Add(service);
        return context.Bind(command, async (invocation, cancellationToken) =>
        {
            var name = invocation.Parse.GetRequiredValue(service);
            var document = await invocation.AskAsync(node => node.GetWatchersAsync(name, cancellationToken));
            if (invocation.TryPrintJson(document, static json => json.WatchersDocument))
                return ExitCode.Ok;
            if (document.Watchers.Count == 0)
                invocation.Note($"Nobody watches {document.Service}.");
            else
                invocation.Print(WatcherTable.Of(document.Watchers, document.Revision, invocation.Now));
            return ExitCode.Ok;
        });
    }
}
