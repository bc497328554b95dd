using System.CommandLine;
using System.Globalization;
using Rollcall.Api;
using Rollcall.Balancing;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Output;
using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Commands;

/// <summary><c>rollcall explain</c>: why a request would go where it would go.</summary>
internal static class ExplainCommand
{
    public static Command Create(CommandContext context)
    {
        var target = Inputs.Target();
        var key = new Option<string?>("--key") { Description = "What the request has affinity to, such as a session; policies with affinity send a key to the same endpoint.", HelpName = "KEY" };
        var balancing = new BalancingInputs(new BalancingOptions().Balancer);
        var command = new CliCommand("explain", "Explains to which endpoint of a target a request would be sent, and why.")
        {
            Details = "Nothing is sent. What a running application has learned of endpoints (load, latency, who is ejected) only that application can tell. "
                + "Exits with 3 when there is nobody to send to.",
            Heeds = context.NodeAndOutput,
            Examples =
            [
                new("Who is considered, who is left out and why", "rollcall explain orders"),
                new("Where a session goes", "rollcall explain orders --policy ring-hash --key session-17"),
                new("What a caller in zone a sees that asks for version v2", "rollcall explain orders --zone a --subset version=v2"),
            ],
        };
        command.Add(target);
        command.Add(key);
        balancing.AddTo(command);
        return context.Bind(command, async (invocation, cancellationToken) =>
        {
            var (set, balancers, options) = await BalancingQuestion.ReadAsync(invocation, target, balancing, cancellationToken);
            var explanation = new PickExplainer(balancers, invocation.Environment.Time).Explain(set, options, invocation.Parse.GetValue(key));
            if (!invocation.TryPrintJson(explanation, static json => json.ExplanationDocument))
                Show(invocation, explanation);
            return explanation.Winner is null ? ExitCode.NotFound : ExitCode.Ok;
        });
    }

    private static void Show(Invocation invocation, ExplanationDocument explanation)
    {
        var output = invocation.Environment.Out;
        Fact("Target", explanation.Target);
        Fact("Snapshot", string.Create(
            CultureInfo.InvariantCulture,
            $"{explanation.Considered} endpoints, revision {explanation.Revision}, {Freshness(explanation)}, {AgeText.Format(TimeSpan.FromSeconds(explanation.AgeSeconds))} old"));
        Fact("Policy", explanation.ScoreMeaning is { } meaning ? $"{explanation.Policy} ({meaning})" : explanation.Policy);
        if (explanation.Key is { } key)
            Fact("Key", $"{key} (hash {explanation.KeyHash})");
        output.WriteLine();
        invocation.Print(Steps(explanation));
        if (explanation.Candidates.Count > 0)
        {
            output.WriteLine();
            invocation.Print(Candidates(explanation));
        }

        output.WriteLine();
        Fact("Winner", explanation.Winner is { } winner ? $"{winner}. {explanation.Why}" : explanation.Why);

        void Fact(string name, string text) => output.WriteLine(PrintableText.Clean($"{name + ":",-10}{text}"));
    }

    private static Table Steps(ExplanationDocument explanation)
    {
        var table = new Table("FILTER", "LEAVES", "ID", "REASON");
        foreach (var step in explanation.Steps)
        {
            Cell leaves = string.Create(CultureInfo.InvariantCulture, $"{step.After} of {step.Before}");
            table.Add(step.Filter, leaves, null, step.Notes is { } notes ? string.Join(' ', notes) : null);
            foreach (var removed in step.Removed ?? [])
                table.Add(step.Filter, leaves, removed.Id, new Cell(removed.Reason, Tone.Warning));
        }

        return table;
    }

    private static Table Candidates(ExplanationDocument explanation)
    {
        var table = new Table("CANDIDATE", "HOST", "GROUP", "ZONE", "WEIGHT", "SHARE", "IN-FLIGHT", "SCORE", "AVOIDED");
        foreach (var candidate in explanation.Candidates)
        {
            table.Add(
                new Cell(candidate.Id, candidate.Id == explanation.Winner ? Tone.Good : Tone.Plain), candidate.Address, candidate.Priority ?? 0, candidate.Zone, candidate.Weight,
                candidate.Share.ToString("0.0%", CultureInfo.InvariantCulture), candidate.InFlight, candidate.Score?.ToString("0.######", CultureInfo.InvariantCulture), candidate.Avoided);
        }

        return table;
    }

    private static string Freshness(ExplanationDocument explanation) =>
        explanation.FreshnessReason is { } reason ? $"{explanation.Freshness} ({reason})" : explanation.Freshness;
}
