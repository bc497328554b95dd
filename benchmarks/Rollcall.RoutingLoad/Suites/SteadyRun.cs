using System.Collections.Concurrent;
using Rollcall.Load;

namespace Rollcall.RoutingLoad.Suites;

/// <summary>Requests at a steady rate, whatever becomes of those before.</summary>
/// <param name="Milliseconds">How long each took.</param>
internal sealed record SteadyRun(double[] Milliseconds)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    public double Percentile(double percent) => Statistics.Percentile(Milliseconds, percent);

    public static async Task<SteadyRun> RunAsync(HttpClient http, Uri url, int rate, TimeSpan duration, CancellationToken cancellationToken)
    {
        var took = new ConcurrentQueue<double>();
        var requests = new List<Task>();
        var start = TimeProvider.System.GetTimestamp();
        using (var timer = new PeriodicTimer(Tick))
        {
            while (Now() < duration && await timer.WaitForNextTickAsync(cancellationToken))
            {
                for (var due = (int)(Now().TotalSeconds * rate); requests.Count < due;)
                    requests.Add(AskAsync());
            }
        }

        await Task.WhenAll(requests);
        return new SteadyRun([.. took]);

        TimeSpan Now() => TimeProvider.System.GetElapsedTime(start);

        // Timed from when it is sent: the tick comes late by more than a good answer takes, which is no policy's doing.
        async Task AskAsync()
        {
            var sent = TimeProvider.System.GetTimestamp();
            using var answer = await http.GetAsync(url, cancellationToken);
            answer.EnsureSuccessStatusCode();
            took.Enqueue(TimeProvider.System.GetElapsedTime(sent).TotalMilliseconds);
        }
    }
}
