using Checkout;
using Rollcall.Api;

namespace Demo;

/// <summary>The plot: what is done to the processes while traffic flows. Each act waits for its effect, never for the clock.</summary>
internal sealed class Show(Stage stage, Account account, Chronicle chronicle, int rate)
{
    private const string First = "orders-1";
    private const string Second = "orders-2";
    private const string Third = "orders-3";

    /// <summary>How many requests flow between two acts: about two seconds' worth.</summary>
    private int Breath => rate * 2;

    /// <summary>Runs to the end of the plot; traffic still flows then.</summary>
    public async Task RunAsync(Action<Task> trackReader, CancellationToken cancellationToken)
    {
        await OpenAsync(trackReader, cancellationToken);
        await account.MoreRequestsAsync(Breath, cancellationToken);
        await KillAsync(First, cancellationToken);
        await account.MoreRequestsAsync(Breath, cancellationToken);
        await DrainAsync(Second, cancellationToken);
        await StartTwoAsync("orders-4", "orders-5", cancellationToken);
        await account.MoreRequestsAsync(Breath, cancellationToken);
        await FreezeAsync(Third, cancellationToken);
        await account.MoreRequestsAsync(Breath, cancellationToken);
        await RestartNodeAsync(cancellationToken);
        await account.MoreRequestsAsync(Breath, cancellationToken);
    }

    private async Task OpenAsync(Action<Task> trackReader, CancellationToken cancellationToken)
    {
        var act = chronicle.Begin("a node, three instances of orders and checkout start");
        stage.StartNode();
        foreach (var id in new[] { First, Second, Third })
            stage.StartOrders(id);
        await NodeAnswersAsync(cancellationToken);
        trackReader(account.ReadAsync(stage.StartCheckout(rate).Output));
        await account.UntilAsync("all three to serve", static line => ServedBy(line, First, Second, Third), cancellationToken);
        chronicle.End(act, $"all three serve after {Seconds(act)}");
    }

    private async Task KillAsync(string id, CancellationToken cancellationToken)
    {
        var act = chronicle.Begin($"{id} is killed (SIGKILL)", id, makesWrong: true);
        stage.Find(id)!.Signal(Signals.Kill);
        await account.UntilAsync($"{id} to be believed gone", line => !IsReady(line, id), cancellationToken);
        chronicle.End(act, $"no longer ready after {Seconds(act)}");
    }

    private async Task DrainAsync(string id, CancellationToken cancellationToken)
    {
        var act = chronicle.Begin($"{id} is told to stop (SIGTERM): it drains first", id, makesWrong: true);
        var child = stage.Find(id)!;
        child.Signal(Signals.Terminate);
        await account.UntilAsync($"{id} to stop", () => child.Ended.IsCompleted ? child : null, cancellationToken);
        child.Close();
        var stopped = Seconds(act);
        await account.UntilAsync($"{id} to leave the list", line => !line.Endpoints.Any(endpoint => endpoint.Id == id), cancellationToken);
        chronicle.End(act, $"drained, ended its requests and stopped after {stopped}");
    }

    private async Task StartTwoAsync(string one, string other, CancellationToken cancellationToken)
    {
        var act = chronicle.Begin($"{one} and {other} start");
        stage.StartOrders(one);
        stage.StartOrders(other);
        await account.UntilAsync($"{one} and {other} to serve", line => ServedBy(line, one, other), cancellationToken);
        chronicle.End(act, $"both serve after {Seconds(act)}");
    }

    private async Task FreezeAsync(string id, CancellationToken cancellationToken)
    {
        var act = chronicle.Begin($"{id} is frozen (SIGSTOP)", id, makesWrong: true);
        var child = stage.Find(id)!;
        child.Signal(Signals.Stop);
        await account.UntilAsync($"{id} to be believed gone", line => !IsReady(line, id), cancellationToken);
        var gone = Seconds(act);
        await account.MoreRequestsAsync(Breath, cancellationToken);
        act.WrongFor = Chronicle.WrongFor(act, await account.NextAsync(cancellationToken));
        chronicle.End(act, $"no longer ready after {gone}");

        var thaw = chronicle.Begin($"{id} goes on (SIGCONT)");
        var before = account.Latest!.Instances.First(instance => instance.Id == id).Requests;
        child.Signal(Signals.Continue);
        await account.UntilAsync(
            $"{id} to serve again",
            line => IsReady(line, id) && line.Instances.First(instance => instance.Id == id).Requests > before + (rate / 10),
            cancellationToken);
        chronicle.End(thaw, $"serves again after {Seconds(thaw)}");
    }

    private async Task RestartNodeAsync(CancellationToken cancellationToken)
    {
        var act = chronicle.Begin("the node is killed (SIGKILL)");
        var before = account.Latest!.Requests;
        var node = stage.Find("node")!;
        node.Signal(Signals.Kill);
        await account.UntilAsync("the node to end", () => node.Ended.IsCompleted ? node : null, cancellationToken);
        await account.UntilAsync("the watch to notice", static line => line.Freshness == "Stale", cancellationToken);
        await account.MoreRequestsAsync(Breath, cancellationToken);

        stage.StartNode();
        await NodeAnswersAsync(cancellationToken);
        var line = await account.UntilAsync("the watch to be live again", static line => line.Freshness == "Live", cancellationToken);
        chronicle.End(act, $"restarted, and believed again after {Seconds(act)}; {line.Requests - before:n0} requests answered meanwhile");
    }

    private async Task NodeAnswersAsync(CancellationToken cancellationToken)
    {
        using var http = NodeClient.CreateHttpClient(NodeUrl.Parse(stage.NodeUrl));
        var client = new NodeClient(http);
        await account.UntilAsync("the node to answer", AskAsync, cancellationToken);

        async ValueTask<StatusReportDocument?> AskAsync()
        {
            try
            {
                return await client.GetStatusAsync(cancellationToken);
            }
            catch (NodeException error) when (error.IsTransient)
            {
                return null; // not yet
            }
        }
    }

    private static bool IsReady(ReportLine line, string id) => line.Endpoints.Any(endpoint => endpoint.Id == id && endpoint.State == "ready");

    private static bool ServedBy(ReportLine line, params ReadOnlySpan<string> ids)
    {
        foreach (var id in ids)
        {
            if (!line.Instances.Any(instance => instance.Id == id && instance.Requests > 0))
                return false;
        }

        return true;
    }

    private string Seconds(Act act) => $"{chronicle.Since(act).TotalSeconds:0.0} s";
}
