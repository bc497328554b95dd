using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Demo;

/// <summary>A table that is drawn anew five times a second, for terminals.</summary>
internal sealed class LiveScreen(IAnsiConsole console, TimeProvider time) : IScreen
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    public Task RunAsync(Chronicle chronicle, CancellationToken cancellationToken) => console
        .Live(Draw(chronicle.Scene()))
        .AutoClear(false)
        .StartAsync(async live =>
        {
            using var timer = new PeriodicTimer(Period, time);
            try
            {
                while (await timer.WaitForNextTickAsync(cancellationToken))
                    live.UpdateTarget(Draw(chronicle.Scene()));
            }
            catch (OperationCanceledException)
            {
                live.UpdateTarget(Draw(chronicle.Scene()));
            }
        });

    private static Rows Draw(Scene scene) => new(Header(scene), Instances(scene), Events(scene));

    private static Markup Header(Scene scene)
    {
        var report = scene.Report;
        var failures = scene.Failures;
        var watch = report is null
            ? "[grey]starting[/]"
            : report.Freshness == "Live" ? "[green]live[/]" : $"[yellow]{report.Freshness.ToLowerInvariant()}[/] [grey]{Markup.Escape(Shorten(report.FreshnessReason))}[/]";
        return new Markup(string.Create(
            CultureInfo.InvariantCulture,
            $"[bold]{report?.Requests ?? 0:n0}[/] requests ({scene.Rate:0}/s)   [bold {(failures == 0 ? "green" : "red")}]{failures}[/] failures   "
            + $"watch: {watch}\nnode: {Markup.Escape(scene.Node)}"));
    }

    private static Table Instances(Scene scene)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("instance", "pid", "process", "the watch says");
        foreach (var name in new[] { "requests", "share", "now", "last answer" })
            table.AddColumn(new TableColumn(name).RightAligned());
        foreach (var row in scene.Rows)
        {
            table.AddRow(
                new Text(row.Id),
                new Text(row.Pid.ToString(CultureInfo.InvariantCulture)),
                new Markup(row.Process switch
                {
                    ChildState.Running => "[green]running[/]",
                    ChildState.Frozen => "[aqua]frozen[/]",
                    ChildState.Killed => "[red]killed[/]",
                    _ => $"[yellow]{Chronicle.Words(row.Process)}[/]",
                }),
                new Markup(row.Belief switch
                {
                    "ready" => "[green]ready[/]",
                    "—" => "[grey]—[/]",
                    _ => $"[yellow]{Markup.Escape(row.Belief)}[/]",
                }),
                new Text(row.Requests.ToString("n0", CultureInfo.InvariantCulture)),
                new Text(row.Share.ToString("0.0%", CultureInfo.InvariantCulture)),
                new Text(row.Rate > 0 ? string.Create(CultureInfo.InvariantCulture, $"{row.Rate:0}/s") : ""),
                new Text(row.LastAnswer is { } age ? Age(age) : ""));
        }

        return table;
    }

    private static IRenderable Events(Scene scene) => new Rows(scene.Acts.Select(act => (IRenderable)new Markup(string.Create(
        CultureInfo.InvariantCulture,
        $"[grey]{(act.At - scene.Start).TotalSeconds,5:0.0} s[/]  {Markup.Escape(act.Title)}{(act.Outcome is null ? " [yellow]…[/]" : $" [grey]→ {Markup.Escape(act.Outcome)}[/]")}"))));

    private static string Age(TimeSpan age) => age.TotalSeconds < 1 ? "now" : string.Create(CultureInfo.InvariantCulture, $"{age.TotalSeconds:0} s ago");

    private static string Shorten(string? text) => text is { Length: > 80 } ? text[..79] + "…" : text ?? "";
}
