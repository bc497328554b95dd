using System.Globalization;
using Rollcall.Api;

namespace Demo;

/// <summary>One run from the first process to the last, whatever happens in between.</summary>
internal sealed class Performance(IScreen screen, TimeProvider time, TextWriter output, TextWriter errors)
{
    public required bool Keep { get; init; }

    public required int Rate { get; init; }

    /// <summary>0 when no request failed and the plot was played to its end, 1 when not, 130 when interrupted.</summary>
    public async Task<int> RunAsync(CancellationToken interrupted)
    {
        using var stage = new Stage(time);
        var account = new Account(stage, time);
        var chronicle = new Chronicle(stage, account, time);
        var reader = Task.CompletedTask;
        using var curtain = new CancellationTokenSource();
        var shown = screen.RunAsync(chronicle, curtain.Token);
        var (code, trouble) = await PlayAsync(new Show(stage, account, chronicle, Rate), task => reader = task, interrupted);

        var keep = Keep && code == 0;
        if (!keep)
            await EndAsync(stage, reader);
        await curtain.CancelAsync();
        await shown;

        // Checkout's last line counts every request, those in flight at the end included.
        if (code == 0 && !Summary.IsGood(account.Latest))
            code = 1;
        if (code != 130)
            Summary.Write(output, chronicle.Scene());
        if (trouble is not null)
            await errors.WriteLineAsync(trouble);
        if (keep)
            await TellAsync(stage);
        else if (code == 0 || code == 130)
            stage.RemoveFiles();
        else
            await errors.WriteLineAsync($"The demo failed. What each process wrote is in {stage.Directory}.");
        return code;
    }

    private static async Task<(int Code, string? Trouble)> PlayAsync(Show show, Action<Task> trackReader, CancellationToken interrupted)
    {
        try
        {
            await show.RunAsync(trackReader, interrupted);
            return (0, null);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            return (130, "Interrupted; everything is being stopped.");
        }
        catch (DemoException error)
        {
            return (1, error.Message);
        }
    }

    // Callers first, so that what they have in flight finds somebody to answer; the node last, so that the instances can say goodbye.
    private static async Task EndAsync(Stage stage, Task reader)
    {
        await stage.EndAsync(static child => child.Name == "checkout");
        await stage.EndAsync(static child => child.Name != "node");
        await stage.EndAsync(static _ => true);
        await reader;
    }

    private async Task TellAsync(Stage stage)
    {
        var alive = stage.Children.Where(static child => !child.Ended.IsCompleted).ToArray();
        using var http = NodeClient.CreateHttpClient(NodeUrl.Parse(stage.NodeUrl));
        var orders = await new NodeClient(http).GetServiceAsync("orders");
        var urls = orders.Instances.ToDictionary(static instance => instance.Id, static instance => $"http://{instance.Address}:{instance.Ports["http"]}", StringComparer.Ordinal);
        urls["node"] = stage.NodeUrl;
        await output.WriteLineAsync("\nLeft running:");
        foreach (var child in alive)
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {child.Name,-10} pid {child.Pid,-8} {urls.GetValueOrDefault(child.Name)}").TrimEnd());
        await output.WriteLineAsync($"""

            Look:   ./rollcall --node {stage.NodeUrl} instances orders
                    ./rollcall --node {stage.NodeUrl} watch rollcall:///orders
            Stop:   kill {string.Join(' ', alive.Select(static child => child.Pid.ToString(CultureInfo.InvariantCulture)))}
            Files:  {stage.Directory}
            """);
    }
}
