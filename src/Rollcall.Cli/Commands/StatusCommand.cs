using System.CommandLine;
using System.Globalization;
using Rollcall.Api;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Output;
using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Commands;

/// <summary><c>rollcall status</c>: is the node well.</summary>
internal static class StatusCommand
{
    public static Command Create(CommandContext context) => context.Bind(
        new CliCommand("status", "Shows how a node is doing.")
        {
            Heeds = context.NodeAndOutput,
            Examples =
            [
                new("The node at hand", "rollcall status"),
                new("Another one, for a script", "rollcall status --node http://10.0.0.5:7655 -o json | jq .revision"),
            ],
        },
        async (invocation, cancellationToken) =>
        {
            var report = await invocation.AskAsync(node => node.GetStatusAsync(cancellationToken));
            if (!invocation.TryPrintJson(report, static json => json.StatusReportDocument))
                Show(invocation, report);
            return ExitCode.Ok;
        });

    private static void Show(Invocation invocation, StatusReportDocument report)
    {
        Line("Node", $"{invocation.Node.AbsoluteUri.TrimEnd('/')}, version {report.Version}, up {AgeText.Format(invocation.Now - report.Started)}");
        Line("Holds", $"{Count(report.Instances, "instance")} of {Count(report.Services, "service")}, {Count(report.Watchers, "watcher")}");
        Line("Revision", $"{report.Revision} of epoch {report.Epoch}");
        Line("Journal", Journal(report.Journal));
        if (report.Journal.Problem is { } problem)
            Line("Writes", $"refused: {problem}", Tone.Bad);
        if (report.Journal.Recovery is { } recovery)
            Line("Recovery", recovery, Tone.Warning);
        if (report.Guard is { Active: true } guard)
            Line("Expiry", $"suspended{For(guard.Since)}, {Count(guard.HeldLeases, "lease")} kept: {guard.Reason}", Tone.Warning);
        Line("Memory", SizeText.Format(report.ResidentBytes));

        string For(DateTimeOffset? since) => since is { } start ? $" for {AgeText.Format(invocation.Now - start)}" : "";

        void Line(string name, string value, Tone tone = Tone.Plain) => invocation.Environment.Out.WriteLine(
            $"{name + ":",-10}{Ansi.Paint(PrintableText.Clean(value), tone, invocation.Environment.UseColours)}");
    }

    private static string Journal(JournalStatusDocument journal) => journal.Directory is null
        ? "none, a restart begins empty"
        : $"{journal.Directory}, {SizeText.Format(journal.Bytes)} in {Count(journal.Segments, "segment")}, durability {journal.Durability}";

    private static string Count(int count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");
}
