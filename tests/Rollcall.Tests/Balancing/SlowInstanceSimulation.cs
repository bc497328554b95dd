using Rollcall.Health;

namespace Rollcall.Tests.Balancing;

/// <summary>
/// Five instances, of which one is twenty times slower for a while: requests at random moments, each answered after a time of its own, all of it in virtual time. The same seed gives
/// the same requests to every policy. Also makes the pictures in docs/images.
/// </summary>
internal sealed class SlowInstanceSimulation
{
    public const int Instances = 5;
    public const int Slow = 2;
    private const double Rate = 200;
    private const double MedianMilliseconds = 10;
    private const double Factor = 20;
    private const long Frequency = 1_000_000_000;

    private readonly PriorityQueue<Request, double> _answers = new();

    public List<Request> Requests { get; } = [];

    /// <summary>Sends requests for a time.</summary>
    /// <param name="balancer">The policy.</param>
    /// <param name="seconds">For how long.</param>
    /// <param name="slowFrom">When the slow instance begins to be slow.</param>
    /// <param name="slowUntil">When it ends.</param>
    /// <param name="seed">Of the requests.</param>
    public static List<Request> Run(IBalancer balancer, double seconds, double slowFrom, double slowUntil, int seed)
    {
        var simulation = new SlowInstanceSimulation();
        var random = new Random(seed);
        BalancedEndpoint[] candidates = [.. Enumerable.Range(0, Instances).Select(static i => new BalancedEndpoint(new Endpoint($"orders-{i}", "10.0.0.1", 8080)))];
        var picker = balancer.CreatePicker(candidates);
        for (var now = 0.0; now < seconds; now += -Math.Log(1 - random.NextDouble()) / Rate)
        {
            simulation.AnswerUntil(now, candidates);
            var key = PickContext.ForKey($"customer-{random.Next(1_000)}");
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            var instance = picker.Pick(key);
            var isSlow = instance == Slow && now >= slowFrom && now < slowUntil;
            var request = new Request(now, instance, MedianMilliseconds * Math.Exp(0.3 * normal) * (isSlow ? Factor : 1));
            candidates[instance].Begin();
            simulation.Requests.Add(request);
            simulation._answers.Enqueue(request, now + (request.Milliseconds / 1_000));
        }

        return simulation.Requests;
    }

    /// <summary>The latency that all but one in a hundred stay below.</summary>
    public static double P99(IEnumerable<Request> requests)
    {
        double[] sorted = [.. requests.Select(static request => request.Milliseconds).Order()];
        return sorted.Length == 0 ? 0 : sorted[(int)(sorted.Length * 0.99)];
    }

    private void AnswerUntil(double now, BalancedEndpoint[] candidates)
    {
        while (_answers.TryPeek(out var request, out var at) && at <= now)
        {
            _answers.Dequeue();
            candidates[request.Instance].End();
            PeakEwma.Observe(
                candidates[request.Instance].Load, new(OutcomeKind.Success, TimeSpan.FromMilliseconds(request.Milliseconds)), (long)(at * Frequency), Frequency);
        }
    }

    internal sealed record Request(double At, int Instance, double Milliseconds);
}
