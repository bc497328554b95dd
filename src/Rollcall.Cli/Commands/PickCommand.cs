using System.CommandLine;
using Rollcall.Balancing;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Output;
using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Commands;

/// <summary><c>rollcall pick</c>: who would get the requests.</summary>
internal static class PickCommand
{
    private const int DefaultPicks = 1000;
    private const int MaxPicks = 100_000_000;
    private const int BarWidth = 40;

    public static Command Create(CommandContext context)
    {
        var target = Inputs.Target();
        var count = Inputs.Number("-n", "N", "How many requests to share out. Default: 1000.", 1, MaxPicks);
        var balancing = new BalancingInputs(Balancers.RoundRobin);
        var command = new CliCommand("pick", "Shows how a balancing policy would share requests among the endpoints of a target.")
        {
            Details = "Nothing is sent. Every request is taken to end before the next begins, so that least-requests and peak-ewma see no load.",
            Heeds = context.NodeAndOutput,
            Examples =
            [
                new("Who gets what, and who gets nothing and why", "rollcall pick orders"),
                new("How even is random", "rollcall pick static:///a:80,b:80,c:80 -n 100 --policy random"),
                new("What a caller in zone a sends where", "rollcall pick orders --zone a"),
            ],
        };
        command.Add(target);
        command.Add(count);
        balancing.AddTo(command);
        return context.Bind(command, async (invocation, cancellationToken) =>
        {
            var (set, balancers, options) = await BalancingQuestion.ReadAsync(invocation, target, balancing, cancellationToken);
            if (set.Endpoints.IsEmpty)
                throw new CliException(ExitCode.NotFound, $"{set.Target} has no endpoints to pick from.");
            Show(invocation, Distribution.Of(set, balancers, options, invocation.Environment.Time, invocation.Parse.GetValue(count) ?? DefaultPicks));
            return ExitCode.Ok;
        });
    }

    private static void Show(Invocation invocation, Distribution distribution)
    {
        if (invocation.Format == OutputFormat.Json)
        {
            invocation.PrintJson(distribution.ToDocument(), JsonText.Own.PickDocument);
            return;
        }

        if (distribution.Warning is { } warning)
            invocation.Note(warning);
        var hasBars = invocation.Environment.IsTerminal;
        var table = new Table(["ID", "HOST", "PORTS", "WEIGHT", "PICKS", "SHARE", .. hasBars ? [""] : Array.Empty<string>(), "EXCLUDED"]);
        var most = distribution.Shares.Max(static share => share.Picks);
        foreach (var share in distribution.Shares)
        {
            var bar = new string('█', (int)((long)BarWidth * share.Picks / most));
            var tone = share.Excluded is null ? Tone.Plain : Tone.Faint;
            table.Add(
            [
                new(share.Endpoint.Id, tone), share.Endpoint.Host, EndpointTable.Ports(share.Endpoint.Ports), share.Endpoint.Weight,
                share.Picks, share.Percent, .. hasBars ? [new(bar + " ", Tone.Good)] : Array.Empty<Cell>(), new(share.Excluded, share.Excluded is null ? Tone.Plain : Tone.Warning),
            ]);
        }

        invocation.Print(table);
    }
}
