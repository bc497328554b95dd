using System.CommandLine;
using Rollcall.Api;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Output;
using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Commands;

/// <summary><c>rollcall instances</c>: one service, now or in the past.</summary>
internal static class InstancesCommand
{
    public static Command Create(CommandContext context)
    {
        var service = Inputs.Service();
        var ready = new Option<bool>("--ready") { Description = "Only those that are ready." };
        var zone = new Option<string?>("--zone") { Description = "Only those in this zone.", HelpName = "ZONE" };
        var at = Inputs.Moment("--at", "As it was then: a duration ago such as 10m, or ISO 8601. Default: now.");
        var command = new CliCommand("instances", "Lists the instances of a service.")
        {
            Heeds = context.NodeAndOutput,
            Examples =
            [
                new("Everything known of a service", "rollcall instances orders -o wide"),
                new("Who could have been called ten minutes ago", "rollcall instances orders --ready --at 10m"),
                new("Addresses for a script", "rollcall instances orders --ready -o json | jq -r '.instances[] | \"\\(.address):\\(.ports.http)\"'"),
            ],
        };
        command.Add(service);
        command.Add(ready);
        command.Add(zone);
        command.Add(at);
        return context.Bind(command, async (invocation, cancellationToken) =>
        {
            var moment = invocation.Parse.GetValue(at);
            var name = invocation.Parse.GetRequiredValue(service);
            var query = new ServiceQuery
            {
                ReadyOnly = invocation.Parse.GetValue(ready),
                Zone = invocation.Parse.GetValue(zone),
                At = moment?.ApiText,
            };
            var document = await invocation.AskAsync(node => node.GetServiceAsync(name, query, cancellationToken));
            Show(invocation, document, moment?.At(invocation.Now) ?? invocation.Now);
            return ExitCode.Ok;
        });
    }

    private static void Show(Invocation invocation, ServiceDocument document, DateTimeOffset now)
    {
        if (invocation.TryPrintJson(document, static json => json.ServiceDocument))
            return;
        if (document.Instances.Count == 0)
        {
            invocation.Note($"No instance of {document.Service} to show.");
            return;
        }

        var rows = new EndpointTable(invocation.Format, now);
        foreach (var instance in document.Instances)
            rows.Add(EndpointRow.Of(instance));
        invocation.Print(rows.Table);
    }
}
