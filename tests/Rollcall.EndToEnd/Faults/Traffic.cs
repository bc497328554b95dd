using System.Collections.Concurrent;
using System.Globalization;
using System.Net;

namespace Rollcall.EndToEnd.Faults;

/// <summary>
/// Asks at a steady rate, whatever becomes of the requests before: who waits for an answer before asking again would ask less of those who are slow, and count less.
/// </summary>
internal sealed class Traffic(HttpClient http, Uri url)
{
    public const int Rate = 200;

    // Ten seconds of requests that hang; more would only say the same.
    private const int MaxInFlight = 10 * Rate;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    private readonly ConcurrentQueue<Failure> _failures = new();
    private readonly ConcurrentQueue<double> _milliseconds = new();
    private readonly ConcurrentDictionary<string, int> _served = new(StringComparer.Ordinal);
    private int _inFlight;
    private long _start;

    /// <summary>Asks until <paramref name="meanwhile"/> has ended, and waits for every answer.</summary>
    public async Task<TrafficReport> DuringAsync(Func<Task> meanwhile)
    {
        _start = TimeProvider.System.GetTimestamp();
        var plot = meanwhile();
        var requests = new List<Task>();
        using (var timer = new PeriodicTimer(Tick))
        {
            while (!plot.IsCompleted && await timer.WaitForNextTickAsync())
            {
                for (var due = (int)(Now().TotalSeconds * Rate); requests.Count < due;)
                    requests.Add(AskAsync(TimeSpan.FromSeconds((double)requests.Count / Rate)));
            }
        }

        await Task.WhenAll(requests);
        await plot;
        return new TrafficReport(requests.Count, [.. _failures], _served, [.. _milliseconds.Order()]);
    }

    private TimeSpan Now() => TimeProvider.System.GetElapsedTime(_start);

    private async Task AskAsync(TimeSpan due)
    {
        if (Interlocked.Increment(ref _inFlight) > MaxInFlight)
        {
            Interlocked.Decrement(ref _inFlight);
            _failures.Enqueue(new Failure(due, TimeSpan.Zero, Status: null, "not sent: too many wait for an answer already"));
            return;
        }

        try
        {
            using var answer = await http.GetAsync(url);
            var body = await answer.Content.ReadAsStringAsync();
            if (answer.StatusCode == HttpStatusCode.OK && body.StartsWith("orders-", StringComparison.Ordinal))
                _served.AddOrUpdate(body, 1, static (_, count) => count + 1);
            else
                _failures.Enqueue(new Failure(due, Now() - due, answer.StatusCode, body));
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or IOException)
        {
            _failures.Enqueue(new Failure(due, Now() - due, Status: null, error.Message));
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
            // From when it was due, so that a late sender is no excuse.
            _milliseconds.Enqueue((Now() - due).TotalMilliseconds);
        }
    }
}

/// <summary>A request that was not answered with success.</summary>
/// <param name="At">When it was due, since the traffic began.</param>
/// <param name="Took">How long it took to fail.</param>
/// <param name="Status">What it was answered; null when it was not.</param>
/// <param name="Reason">The answer's body, or the error.</param>
internal sealed record Failure(TimeSpan At, TimeSpan Took, HttpStatusCode? Status, string Reason)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"at {At.TotalSeconds:0.00} s, after {Took.TotalMilliseconds:0} ms: {(Status is { } status ? $"{(int)status} " : "")}{Reason}");
}
