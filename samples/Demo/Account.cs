using System.Text.Json;
using Checkout;

namespace Demo;

/// <summary>What checkout reports, as it comes; and waits for it to say something.</summary>
internal sealed class Account(Stage stage, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(1);

    private readonly Queue<ReportLine> _recent = new();
    private volatile ReportLine? _latest;
    private volatile ReportLine? _secondAgo;

    /// <summary>The newest line; null before the first.</summary>
    public ReportLine? Latest => _latest;

    /// <summary>The line of about a second before: what rates are made of.</summary>
    public ReportLine? SecondAgo => _secondAgo;

    /// <summary>Reads until checkout has ended.</summary>
    public async Task ReadAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } text)
        {
            if (JsonSerializer.Deserialize(text, ReportJson.Default.ReportLine) is not { } line)
                continue;
            _recent.Enqueue(line);
            while (line.Time - _recent.Peek().Time > RateWindow)
                _recent.Dequeue();
            _secondAgo = _recent.Peek();
            _latest = line;
        }
    }

    /// <summary>Waits until checkout reports something; fails when a process dies or it takes too long.</summary>
    public Task<ReportLine> UntilAsync(string what, Func<ReportLine, bool> holds, CancellationToken cancellationToken) =>
        UntilAsync(what, () => Latest is { } line && holds(line) ? line : null, cancellationToken);

    /// <summary>Waits for anything; fails when a process dies or it takes too long.</summary>
    public Task<T> UntilAsync<T>(string what, Func<T?> find, CancellationToken cancellationToken)
        where T : class => UntilAsync(what, () => ValueTask.FromResult(find()), cancellationToken);

    /// <summary>The same for what has to be asked.</summary>
    public async Task<T> UntilAsync<T>(string what, Func<ValueTask<T?>> findAsync, CancellationToken cancellationToken)
        where T : class
    {
        var start = time.GetTimestamp();
        while (true)
        {
            if (await findAsync() is { } found)
                return found;
            if (stage.FindCasualty() is { } casualty)
                throw new DemoException($"{casualty.Name} (pid {casualty.Pid}) ended without having been told to. Its last words: {LastWords(casualty)}");
            if (time.GetElapsedTime(start) > Limit)
                throw new DemoException($"Waited {Limit.TotalSeconds:0} s in vain for {what}. What the processes wrote is in {stage.Directory}.");
            await Task.Delay(Look, time, cancellationToken);
        }
    }

    /// <summary>Waits until so many more requests have ended.</summary>
    public Task MoreRequestsAsync(int count, CancellationToken cancellationToken)
    {
        var enough = (Latest?.Requests ?? 0) + count;
        return UntilAsync($"{count} more requests", line => line.Requests >= enough, cancellationToken);
    }

    /// <summary>A line written after now.</summary>
    public Task<ReportLine> NextAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return UntilAsync("the next report", line => line.Time > now, cancellationToken);
    }

    private static string LastWords(Child child) =>
        File.Exists(child.Log) && File.ReadLines(child.Log).LastOrDefault(static line => line.Trim().Length > 0) is { } words ? words.Trim() : "none";
}
