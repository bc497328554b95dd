using System.Runtime.InteropServices;

namespace Rollcall.Balancing;

/// <summary>
/// Affinity by a <see cref="HashRing"/>, with bounded load: a key goes on to the next endpoint while its own has more than 1.25 times its part of the requests in flight
/// (Mirrokni, Thorup and Zadimoghaddam, "Consistent hashing with bounded loads", 2018). A request without a key is picked by least requests.
/// </summary>
internal sealed class RingHashBalancer(StripedRandom random) : IBalancer
{
    public const string PolicyName = "ring-hash";

    /// <summary>How far above its part of the requests in flight an endpoint may be.</summary>
    public const double MaxLoad = 1.25;

    /// <summary>With fewer in flight than this nobody is overloaded: the few requests of one session at the same time should stay together.</summary>
    public const int MinBound = 4;

    private readonly LeastRequestsBalancer _keyless = new(random);

    public string Name => PolicyName;

    public IEndpointPicker CreatePicker(ReadOnlySpan<BalancedEndpoint> candidates)
    {
        var weights = Weights.Of(candidates);
        var total = 0.0;
        foreach (var weight in weights.Values)
            total += weight;
        var all = new Candidate[candidates.Length];
        for (var i = 0; i < all.Length; i++)
            all[i] = new(candidates[i].Load, MaxLoad * weights.Values[i] / total);
        return new Picker(all, new HashRing(candidates, weights.Values), (IScoredPicker)_keyless.CreatePicker(candidates), random);
    }

    /// <param name="Load">What is known of it.</param>
    /// <param name="Part">The part of all requests in flight that it may have.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Candidate(EndpointLoad Load, double Part);

    private sealed class Picker(Candidate[] candidates, HashRing ring, IScoredPicker keyless, StripedRandom random) : IOrderedPicker
    {
        // To add up everybody's requests at each pick would cost too much in a large set: there it is done every so many picks by whoever's turn it is by chance,
        // eight endpoints a pick on average. The mean is then off by a fraction of a request per endpoint.
        private const int SumsPerPick = 8;
        private const int AlwaysSummed = 16;

        private long _inFlight = Sum(candidates);

        public int Turns => Math.Min(KeyOrder.MaxTurns, candidates.Length);

        public string ScoreMeaning => "place in the order of the key, 0 first; the first that is not overloaded wins. Without a key: requests in flight, fewer win";

        public int Pick(in PickContext context)
        {
            if (!context.HasKey)
                return keyless.Pick(context);
            var point = ring.Find(KeyHash.Mix(context.Key));
            var owner = ring.Owner(point);
            return context.Turn == 0 && candidates[owner].Load.InFlight < MinBound ? owner : Walk(point, context.Turn);
        }

        public double[] Scores(in PickContext context)
        {
            if (!context.HasKey)
                return keyless.Scores(context);
            var scores = new double[candidates.Length];
            Array.Fill(scores, scores.Length);
            var met = 0;
            var point = ring.Find(KeyHash.Mix(context.Key));
            for (var i = 0; i < ring.Count && met < scores.Length; i++, point = ring.Next(point))
            {
                ref var score = ref scores[ring.Owner(point)];
                if (score >= scores.Length)
                    score = met++;
            }

            return scores;
        }

        private int Walk(int point, int turn)
        {
            var inFlight = InFlight();
            var order = new KeyOrder(stackalloc int[KeyOrder.MaxTurns]);
            var turns = Turns;
            var left = turn;
            for (var i = 0; i < ring.Count && order.Count < turns; i++, point = ring.Next(point))
            {
                var owner = ring.Owner(point);
                if (order.Add(owner) && IsBelowBound(owner, inFlight) && left-- == 0)
                    return owner;
            }

            // Everybody nearby is overloaded, so that it matters less who.
            return turn < order.Count ? order.Seen[turn] : (order.Seen[^1] + turn) % candidates.Length;
        }

        private bool IsBelowBound(int index, long inFlight)
        {
            ref readonly var candidate = ref candidates[index];
            var load = candidate.Load.InFlight;
            return load < MinBound || load < candidate.Part * (inFlight + 1);
        }

        private long InFlight()
        {
            if (candidates.Length > AlwaysSummed && StripedRandom.Scale((uint)random.Next(), candidates.Length) >= SumsPerPick)
                return Volatile.Read(ref _inFlight);
            var sum = Sum(candidates);
            Volatile.Write(ref _inFlight, sum);
            return sum;
        }

        private static long Sum(Candidate[] candidates)
        {
            var sum = 0L;
            foreach (ref readonly var candidate in candidates.AsSpan())
                sum += candidate.Load.InFlight;
            return sum;
        }
    }
}
