using System.CommandLine;
using System.Globalization;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Commands;

/// <summary><c>rollcall gateway</c>: looks after a gateway and its routes.</summary>
internal static class GatewayCommand
{
    public static Command Create(CommandContext context) => new CliCommand("gateway", "Checks the routes of a gateway.")
    {
        Examples = [new("Before it is put into force", "rollcall gateway check routes.yaml")],
        Subcommands = { CreateCheck(context) },
    };

    private static CliCommand CreateCheck(CommandContext context)
    {
        var file = new Argument<string>("FILE") { Description = "The routes, YAML or JSON (docs/gateway.md)." };
        var command = new CliCommand("check", "Reads a routes file as a gateway would, and changes nothing.")
        {
            Details = "Names everything that is wrong, each with its line and column, and then exits with 2. Asks no service for its endpoints.",
            Examples = [new("Before it is put into force", "rollcall gateway check routes.yaml")],
        };
        command.Add(file);
        return context.Bind(command, async (invocation, cancellationToken) =>
        {
            var path = invocation.Parse.GetRequiredValue(file);
            var (routes, clusters) = await GatewayRun.CheckAsync(path, cancellationToken);
            invocation.Environment.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{path} is right: {routes} {(routes == 1 ? "route" : "routes")}, {clusters} {(clusters == 1 ? "cluster" : "clusters")}"));
            return ExitCode.Ok;
        });
    }
}
