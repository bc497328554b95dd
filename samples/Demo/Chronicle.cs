using Checkout;

namespace Demo;

/// <summary>The acts so far, and scenes made of them.</summary>
internal sealed class Chronicle(Stage stage, Account account, TimeProvider time)
{
    private readonly DateTimeOffset _start = time.GetUtcNow();
    private readonly Lock _gate = new();
    private readonly List<Act> _acts = [];

    /// <summary>Called for each new act and each outcome.</summary>
    public Action<Act>? Told { get; set; }

    public IReadOnlyList<Act> Acts
    {
        get
        {
            lock (_gate)
                return [.. _acts];
        }
    }

    public DateTimeOffset Start => _start;

    public Act Begin(string title, string? instance = null, bool makesWrong = false)
    {
        var act = new Act(title, instance, time.GetUtcNow()) { MakesWrong = makesWrong };
        lock (_gate)
            _acts.Add(act);
        Told?.Invoke(act);
        return act;
    }

    public void End(Act act, string outcome)
    {
        act.Outcome = outcome;
        Told?.Invoke(act);
    }

    /// <summary>How long after the act requests were still sent to its instance, by this report.</summary>
    public static TimeSpan WrongFor(Act act, ReportLine line)
    {
        var last = line.Instances.FirstOrDefault(instance => instance.Id == act.Instance)?.LastSent;
        return last > act.At ? last.Value - act.At : TimeSpan.Zero;
    }

    public TimeSpan Since(Act act) => time.GetUtcNow() - act.At;

    public Scene Scene()
    {
        var line = account.Latest;
        var before = account.SecondAgo;
        var span = line is null || before is null ? 0 : (line.Time - before.Time).TotalSeconds;
        var now = time.GetUtcNow();
        return new Scene
        {
            Start = _start,
            Elapsed = now - _start,
            Acts = Acts,
            Report = line,
            Node = stage.Find("node") is { } node ? $"{stage.NodeUrl} (pid {node.Pid}, {Words(node.State)})" : "not started",
            Rate = span > 0 ? (line!.Requests - before!.Requests) / span : 0,
            Rows = [.. stage.Children.Where(static child => child.Name.StartsWith("orders", StringComparison.Ordinal)).Select(child => Row(child, line, before, span, now))],
        };
    }

    public static string Words(ChildState state) => state switch
    {
        ChildState.Running => "running",
        ChildState.Frozen => "frozen",
        ChildState.Stopping => "stopping",
        ChildState.Stopped => "stopped",
        _ => "killed",
    };

    private static SceneRow Row(Child child, ReportLine? line, ReportLine? before, double span, DateTimeOffset now)
    {
        var served = line?.Instances.FirstOrDefault(instance => instance.Id == child.Name);
        var earlier = before?.Instances.FirstOrDefault(instance => instance.Id == child.Name);
        var requests = served?.Requests ?? 0;
        return new SceneRow(
            child.Name,
            child.Pid,
            child.State,
            line?.Endpoints.FirstOrDefault(endpoint => endpoint.Id == child.Name)?.State ?? "—",
            requests,
            line is { Requests: > 0 } ? (double)requests / line.Requests : 0,
            span > 0 ? (requests - (earlier?.Requests ?? 0)) / span : 0,
            served?.LastServed is { } last ? now - last : null);
    }
}
