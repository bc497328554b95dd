using System.CommandLine;
using System.Globalization;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Output;
using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Commands;

/// <summary><c>rollcall findings</c>: which instances callers keep away from, and why.</summary>
internal static class FindingsCommand
{
    public static Command Create(CommandContext context)
    {
        var service = Inputs.Service();
        var command = new CliCommand("findings", "Lists the instances of a service that callers avoid at present, and why.")
        {
            Heeds = context.NodeAndOutput,
            Examples = [new("Who has trouble with which instance", "rollcall findings orders")],
        };
        command.Add(service);
        return context.Bind(command, async (invocation, cancellationToken) =>
        {
            var name = invocation.Parse.GetRequiredValue(service);
            var document = await invocation.AskAsync(node => node.GetFindingsAsync(name, cancellationToken));
            if (invocation.TryPrintJson(document, static json => json.FindingsDocument))
                return ExitCode.Ok;
            if (document.Findings.Count == 0)
            {
                invocation.Note($"No caller avoids an instance of {document.Service}.");
                return ExitCode.Ok;
            }

            var table = new Table("INSTANCE", "REASON", "TIMES", "SUCCEEDED", "LATENCY", "CALLER", "REMOTE", "AGE");
            foreach (var finding in document.Findings)
            {
                table.Add(
                    finding.Instance,
                    new Cell(finding.Reason, Tone.Warning),
                    finding.Times,
                    finding.SuccessRate?.ToString("P0", CultureInfo.InvariantCulture),
                    finding.Latency is { } latency ? string.Create(CultureInfo.InvariantCulture, $"{latency * 1000:0.#}ms") : null,
                    finding.Caller,
                    finding.Remote,
                    finding.Since is { } since ? AgeText.Format(invocation.Now - since) : null);
            }

            invocation.Print(table);
            return ExitCode.Ok;
        });
    }
}
