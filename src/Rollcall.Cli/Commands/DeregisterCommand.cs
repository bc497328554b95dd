using System.CommandLine;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Commands;

/// <summary><c>rollcall deregister</c>: away with it.</summary>
internal static class DeregisterCommand
{
    public static Command Create(CommandContext context)
    {
        var service = Inputs.Service();
        var id = Inputs.InstanceId();
        var owner = Inputs.Owner();
        var command = new CliCommand("deregister", "Removes an instance at once.")
        {
            Details = "Callers that have not yet noticed keep sending to it for a moment; 'rollcall drain' first lets all of them notice.",
            Heeds = context.NodeAndOutput,
            Examples = [new("Remove an instance that will not come back", "rollcall deregister orders orders-1")],
        };
        command.Add(service);
        command.Add(id);
        command.Add(owner);
        return context.Bind(command, async (invocation, cancellationToken) =>
        {
            var parse = invocation.Parse;
            var document = await invocation.AskAsync(node =>
                node.DeregisterAsync(parse.GetRequiredValue(service), parse.GetRequiredValue(id), invocation.Owner(owner), cancellationToken));
            if (!invocation.TryPrintJson(document, static json => json.WriteDocument))
                invocation.Environment.Out.WriteLine($"{document.Service}/{document.Id} deregistered");
            return ExitCode.Ok;
        });
    }
}
