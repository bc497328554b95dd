using System.CommandLine;
using System.Globalization;
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
            if (invocation.TryPrintJson(document, static json => json.ServiceDocument))
                return ExitCode.Ok;
            var findings = moment is null ? await FindingsAsync(invocation, name, cancellationToken) : [];
            Show(invocation, document, findings, moment?.At(invocation.Now) ?? invocation.Now);
            return ExitCode.Ok;
        });
    }

    private static async Task<IReadOnlyList<FindingDocument>> FindingsAsync(Invocation invocation, string service, CancellationToken cancellationToken)
    {
        try
        {
            return (await invocation.AskAsync(node => node.GetFindingsAsync(service, cancellationToken))).Findings;
        }
        catch (NodeException error) when (error.Is("no-such-route") || error.Is("service-not-found"))
        {
            return []; // a node of an earlier version; or the service was forgotten a moment ago
        }
    }

    private static void Show(Invocation invocation, ServiceDocument document, IReadOnlyList<FindingDocument> findings, DateTimeOffset now)
    {
        if (document.Instances.Count == 0)
        {
            invocation.Note($"No instance of {document.Service} to show.");
            return;
        }

        var avoided = findings.GroupBy(static finding => finding.Instance, StringComparer.Ordinal).ToDictionary(static group => group.Key, AvoidedBy, StringComparer.Ordinal);
        var rows = new EndpointTable(invocation.Format, now, hasFindings: document.Instances.Any(instance => avoided.ContainsKey(instance.Id)));
        foreach (var instance in document.Instances)
            rows.Add(EndpointRow.Of(instance) with { AvoidedBy = avoided.GetValueOrDefault(instance.Id) });
        invocation.Print(rows.Table);
    }

    // How many callers, and what most of them say.
    private static string AvoidedBy(IGrouping<string, FindingDocument> findings)
    {
        var reason = findings.GroupBy(static finding => finding.Reason, StringComparer.Ordinal)
            .OrderByDescending(static group => group.Count()).ThenBy(static group => group.Key, StringComparer.Ordinal).First().Key;
        return string.Create(CultureInfo.InvariantCulture, $"{findings.Count()} ({reason})");
    }
}
