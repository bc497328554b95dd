using System.CommandLine;
using System.Globalization;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Output;
using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Commands;

/// <summary><c>rollcall services</c>: what there is.</summary>
internal static class ServicesCommand
{
    public static Command Create(CommandContext context) => context.Bind(
        new CliCommand("services", "Lists the services and how many of their instances are ready. One that nobody is left of stays, with 0/0, for as long as history is kept.")
        {
            Heeds = context.NodeAndOutput,
            Examples =
            [
                new("What is registered here", "rollcall services"),
                new("Names of services without a ready instance", "rollcall services -o json | jq -r '.services[] | select(.ready == 0) | .name'"),
            ],
        },
        RunAsync);

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var list = await invocation.AskAsync(node => node.ListServicesAsync(cancellationToken));
        if (invocation.TryPrintJson(list, static json => json.ServiceListDocument))
            return ExitCode.Ok;
        if (list.Services.Count == 0)
        {
            invocation.Note("No services. Register one with 'rollcall register SERVICE --address HOST:PORT'.");
            return ExitCode.Ok;
        }

        var isWide = invocation.Format == OutputFormat.Wide;
        var table = new Table(["NAME", "READY", "DRAINING", "NOT-READY", "WATCHERS", .. isWide ? ["REVISION"] : Array.Empty<string>()]);
        foreach (var service in list.Services)
        {
            var ready = string.Create(CultureInfo.InvariantCulture, $"{service.Ready}/{service.Instances}");
            var tone = service.Ready == 0 ? Tone.Bad : service.Ready == service.Instances ? Tone.Good : Tone.Warning;
            table.Add([service.Name, new(ready, tone), service.Draining, service.NotReady, service.Watchers, .. isWide ? [service.Revision] : Array.Empty<Cell>()]);
        }

        invocation.Print(table);
        return ExitCode.Ok;
    }
}
