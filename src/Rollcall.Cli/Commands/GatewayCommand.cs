using System.CommandLine;
using System.Globalization;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Output;
using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Commands;

/// <summary><c>rollcall gateway</c>: looks after a gateway and its routes.</summary>
internal static class GatewayCommand
{
    public static Command Create(CommandContext context) => new CliCommand("gateway", "Checks the routes of a gateway, shows its traffic and shifts it.")
    {
        Examples =
        [
            new("Before it is put into force", "rollcall gateway check routes.yaml"),
            new("How the traffic goes", "rollcall gateway status"),
            new("A tenth of it to a new version", "rollcall gateway shift orders v2=10%"),
        ],
        Subcommands = { CreateCheck(context), CreateStatus(context), CreateShift(context) },
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

    private static CliCommand CreateStatus(CommandContext context) => context.Bind(
        new CliCommand("status", "Shows the gateway's routes, where they lead, and how that goes.")
        {
            Details = "Rates are of the last ten seconds, latencies (until the head of the answer) of the last minute, counts since the gateway started.\n"
                + "REFUSED counts requests over a limit of rate or of how many may be under way.",
            Heeds = context.NodeAndOutput,
            Examples =
            [
                new("The gateway at hand", "rollcall gateway status"),
                new("Whether the newest routes file is in force", "rollcall gateway status -o json | jq .reload"),
            ],
        },
        async (invocation, cancellationToken) =>
        {
            var gateway = await invocation.AskAsync(node => node.GetGatewayAsync(cancellationToken));
            if (invocation.TryPrintJson(gateway, static json => json.GatewayDocument))
                return ExitCode.Ok;
            var output = invocation.Environment.Out;
            output.WriteLine($"Listens on {string.Join(", ", gateway.Urls)}; routes in force for {AgeText.Format(invocation.Now - gateway.Reload.InForceSince)}");
            if (gateway.Reload.Error is { } error)
            {
                output.WriteLine(Ansi.Paint(
                    $"The routes file was refused {AgeText.Format(invocation.Now - gateway.Reload.At)} ago, the ones before are in force:", Tone.Bad, invocation.Environment.UseColours));

                // Several faults come one a line.
                foreach (var line in error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                    output.WriteLine(Ansi.Paint($"  {PrintableText.Clean(line)}", Tone.Bad, invocation.Environment.UseColours));
            }

            if (gateway.Overload is { } overload)
                output.WriteLine($"{overload.UnderWay} of {overload.MaxConcurrent} requests under way, {overload.Waiting} wait, {overload.Refused} refused");
            foreach (var (line, tone) in GatewayNotes.Of(gateway, invocation.Now))
                output.WriteLine(Ansi.Paint(PrintableText.Clean(line), tone, invocation.Environment.UseColours));
            output.WriteLine();
            invocation.Print(GatewayTable.Routes(gateway));
            output.WriteLine();
            invocation.Print(GatewayTable.Clusters(gateway, invocation.Now));
            return ExitCode.Ok;
        });

    private static CliCommand CreateShift(CommandContext context)
    {
        var route = new Argument<string>("ROUTE") { Description = "The route's name." };
        var shares = new Argument<string[]>("VERSION=SHARE") { Description = "A version and its share, such as v2=10%; several may be given.", Arity = ArgumentArity.ZeroOrMore };
        var reset = new Option<bool>("--reset") { Description = "Back to the shares of the routes file." };
        var command = new CliCommand("shift", "Gives versions of a route another share of its requests.")
        {
            Details = "At once, and without touching the routes file. Versions that are not named keep what remains, in proportion.\n"
                + "Lasts until the splits of the route change in the file, or the gateway is started anew.",
            Heeds = context.NodeAndOutput,
            Examples =
            [
                new("A tenth of the traffic to a new version", "rollcall gateway shift orders v2=10%"),
                new("All of it", "rollcall gateway shift orders v2=100%"),
                new("As the file says", "rollcall gateway shift orders --reset"),
            ],
        };
        command.Add(route);
        command.Add(shares);
        command.Add(reset);
        return context.Bind(command, async (invocation, cancellationToken) =>
        {
            var name = invocation.Parse.GetRequiredValue(route);
            var given = Read(command, invocation.Parse.GetValue(shares) ?? []);
            if (invocation.Parse.GetValue(reset) == given.Count > 0)
                throw UsageErrors.Fault(command, given.Count > 0 ? "--reset takes no shares" : "a version and its share are missing; write v2=10%, or --reset");
            var shifted = await invocation.AskAsync(node => given.Count > 0
                ? node.ShiftAsync(name, given, cancellationToken)
                : node.ResetShiftAsync(name, cancellationToken));
            if (!invocation.TryPrintJson(shifted, static json => json.GatewayRouteDocument))
            {
                invocation.Environment.Out.WriteLine(PrintableText.Clean(
                    $"{shifted.Name}: {string.Join(", ", shifted.Versions.Select(static version => $"{version.Version} {GatewayTable.Share(version.Percent)}"))}"));
            }

            return ExitCode.Ok;
        });
    }

    private static Dictionary<string, string> Read(CliCommand command, string[] shares)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var share in shares)
        {
            var parts = share.Split('=');
            if (parts is not [{ Length: > 0 } version, { Length: > 1 } percent] || !percent.EndsWith('%'))
                throw UsageErrors.Fault(command, $"'{share}' is no share; write a version and a percentage, such as v2=10%");
            if (!read.TryAdd(version, percent))
                throw UsageErrors.Fault(command, $"the version '{version}' is named twice");
        }

        return read;
    }
}
