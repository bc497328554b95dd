using System.CommandLine;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Output;
using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Commands;

/// <summary><c>rollcall resolve</c>: what a target stands for, once.</summary>
internal static class ResolveCommand
{
    public static Command Create(CommandContext context)
    {
        var target = Inputs.Target();
        var command = new CliCommand("resolve", "Finds the endpoints of a target, once.")
        {
            Details = "Exits with 3 when there are none.",
            Heeds = context.NodeAndOutput,
            Examples =
            [
                new("A service of the node at hand", "rollcall resolve orders"),
                new("The same from another node", "rollcall resolve rollcall://10.0.0.5:7655/orders"),
                new("What an application would read from a file", "rollcall resolve file:///etc/services.yaml#orders"),
            ],
        };
        command.Add(target);
        return context.Bind(command, async (invocation, cancellationToken) =>
        {
            await using var resolver = invocation.OpenResolver();
            var set = await resolver.ResolveAsync(invocation.Parse.GetRequiredValue(target), cancellationToken);
            Show(invocation, set);
            return set.Endpoints.IsEmpty ? ExitCode.NotFound : ExitCode.Ok;
        });
    }

    private static void Show(Invocation invocation, EndpointSet set)
    {
        if (!set.Freshness.IsLive)
            invocation.Note(FreshnessText.Format(set.Freshness));
        if (invocation.Format == OutputFormat.Json)
        {
            invocation.PrintJson(EndpointSetDocument.Of(set), JsonText.Own.EndpointSetDocument);
            return;
        }

        if (set.Endpoints.IsEmpty)
        {
            invocation.Note($"{set.Target} has no endpoints.");
            return;
        }

        var rows = new EndpointTable(invocation.Format, invocation.Now, hasPriorities: true);
        foreach (var endpoint in set.Endpoints)
            rows.Add(EndpointRow.Of(endpoint));
        invocation.Print(rows.Table);
    }
}
