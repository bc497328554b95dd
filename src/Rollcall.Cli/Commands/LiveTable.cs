using System.Globalization;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Output;
using Rollcall.Watching;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rollcall.Cli.Commands;

/// <summary>A watch on a terminal: the endpoints, and below them what happened last. Redrawn on change, and every second for the ages.</summary>
internal static class LiveTable
{
    private const int KeptChanges = 10;
    private static readonly TimeSpan Redraw = TimeSpan.FromSeconds(1);

    public static Task RunAsync(ServiceWatch watch, Invocation invocation, CancellationToken cancellationToken)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(invocation.Environment.Out),
            Ansi = AnsiSupport.Yes,
            ColorSystem = invocation.Environment.UseColours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.Yes,
        });
        return console.Live(new Text($"Waiting for {watch.Target}…"))
            .StartAsync(live => FollowAsync(live, watch, invocation, cancellationToken));
    }

    private static async Task FollowAsync(LiveDisplayContext live, ServiceWatch watch, Invocation invocation, CancellationToken cancellationToken)
    {
        var recent = new Queue<(DateTimeOffset Time, EndpointChange Change)>();
        EndpointSet? shown = null;
        await using var sets = watch.ReadAllAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        var next = sets.MoveNextAsync().AsTask();
        while (true)
        {
            var tick = Task.Delay(Redraw, invocation.Environment.Time, cancellationToken);
            if (await Task.WhenAny(next, tick) == next)
            {
                if (!await next)
                    return;
                foreach (var change in EndpointChanges.Between(shown, sets.Current))
                    recent.Enqueue((invocation.Now, change));
                while (recent.Count > KeptChanges)
                    recent.Dequeue();
                shown = sets.Current;
                next = sets.MoveNextAsync().AsTask();
            }
            else
            {
                await tick;
            }

            if (shown is not null)
                live.UpdateTarget(Render(shown, recent, invocation));
        }
    }

    private static Rows Render(EndpointSet set, IEnumerable<(DateTimeOffset Time, EndpointChange Change)> recent, Invocation invocation)
    {
        var parts = new List<IRenderable> { Header(set), new Text(""), Endpoints(set, invocation) };
        parts.Add(new Text(""));
        foreach (var (time, change) in recent)
            parts.Add(new Text($"{time.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture)}  {change}", StyleOf(change.Tone)));
        return new Rows(parts);
    }

    private static Text Header(EndpointSet set)
    {
        var ready = set.Endpoints.Count(static endpoint => endpoint.State == EndpointState.Ready);
        var text = string.Create(CultureInfo.InvariantCulture, $"{set.Target}  {ready}/{set.Endpoints.Length} ready, {FreshnessText.Format(set.Freshness)}");
        return new Text(PrintableText.Clean(text), set.Freshness.IsLive ? Style.Plain : StyleOf(Tone.Warning));
    }

    private static Spectre.Console.Table Endpoints(EndpointSet set, Invocation invocation)
    {
        var rows = new EndpointTable(invocation.Format, invocation.Now, hasPriorities: true);
        foreach (var endpoint in set.Endpoints)
            rows.Add(EndpointRow.Of(endpoint));
        var table = new Spectre.Console.Table().NoBorder();
        foreach (var header in rows.Table.Headers)
            table.AddColumn(new TableColumn(new Text(header, StyleOf(Tone.Faint))).PadLeft(0).PadRight(2));
        foreach (var row in rows.Table.Rows)
            table.AddRow(row.Select(static cell => new Text(cell.Printable, StyleOf(cell.Tone))));
        return table;
    }

    private static Style StyleOf(Tone tone) => tone switch
    {
        Tone.Good => new Style(Color.Green),
        Tone.Warning => new Style(Color.Olive),
        Tone.Bad => new Style(Color.Maroon),
        Tone.Faint => new Style(decoration: Decoration.Dim),
        _ => Style.Plain,
    };
}
