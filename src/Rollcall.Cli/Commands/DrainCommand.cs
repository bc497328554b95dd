using System.CommandLine;
using Rollcall.Api;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Output;
using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Commands;

/// <summary><c>rollcall drain</c>: returns when nobody sends there any more.</summary>
internal static class DrainCommand
{
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromMinutes(10);

    public static Command Create(CommandContext context)
    {
        var service = Inputs.Service();
        var id = Inputs.InstanceId();
        var timeout = Inputs.Duration("--timeout", "How long to wait for the watchers, 0s to 10m. Default: 30s.", TimeSpan.Zero, MaxTimeout);
        var force = new Option<string?>("--force") { HelpName = "REASON", Description = "Drain it even if too few instances of the service stay ready, for this reason." };
        var owner = Inputs.Owner();
        var command = new CliCommand("drain", "Takes an instance out of service and waits until every watcher has applied that.")
        {
            Details = "Exits with 0 once nobody who watches the service sends to the instance any more; with 1, naming who still might, when the time is over.\n"
                + "An event stream does not say what its client has applied: it is only told, and counted apart.\n"
                + "Refused when fewer instances of the service would stay ready than the node's drain.minReady (1), unless it is forced.\n"
                + "The instance stays draining either way, until it is registered again or deregistered.",
            Heeds = context.NodeAndOutput,
            Examples =
            [
                new("Before stopping an instance by hand", "rollcall drain orders orders-1 && systemctl stop orders"),
                new("At most five seconds", "rollcall drain orders orders-1 --timeout 5s"),
                new("The last one that is ready", "rollcall drain orders orders-1 --force maintenance"),
            ],
        };
        command.Add(service);
        command.Add(id);
        command.Add(timeout);
        command.Add(force);
        command.Add(owner);
        return context.Bind(command, async (invocation, cancellationToken) =>
        {
            var parse = invocation.Parse;
            var document = await invocation.AskAsync(node => node.DrainAsync(
                parse.GetRequiredValue(service), parse.GetRequiredValue(id), parse.GetValue(timeout), invocation.Owner(owner), parse.GetValue(force), cancellationToken));
            return Show(invocation, document);
        });
    }

    private static int Show(Invocation invocation, DrainDocument document)
    {
        var code = document.Complete ? ExitCode.Ok : ExitCode.Failed;
        if (invocation.TryPrintJson(document, static json => json.DrainDocument))
            return code;
        if (document.Complete)
        {
            invocation.Environment.Out.WriteLine($"{document.Service}/{document.Id} drained {DrainText.In(document)}: {DrainText.Applied(document)}");
            return code;
        }

        if (document.Waiting.Count > 0)
            invocation.Print(WatcherTable.Of(document.Waiting, document.Revision, invocation.Now));
        throw new CliException(
            code,
            $"{document.Service}/{document.Id} is draining, but {DrainText.NotApplied(document)} after {document.Elapsed}.",
            document.Waiting.Count == 0
                ? "The node was started a moment ago, or is stopping, and somebody may still send to it. Wait again with the same command."
                : "Those listed may still send to it. Wait again with the same command, or look at why they are stuck.");
    }
}
