namespace Rollcall.Balancing;

/// <summary>
/// The power of two choices: of two different candidates drawn at random, the one with fewer requests in flight for its weight
/// (Mitzenmacher, "The power of two choices in randomized load balancing", 2001). The first drawn wins a tie, so that an idle
/// service is shared in proportion to the weights.
/// </summary>
internal sealed class LeastRequestsBalancer(StripedRandom random) : IBalancer
{
    public const string PolicyName = "least-requests";

    private const string Meaning = "requests in flight for the weight; fewer win";

    public string Name => PolicyName;

    public IEndpointPicker CreatePicker(ReadOnlySpan<BalancedEndpoint> candidates)
    {
        var weights = Weights.Of(candidates);
        if (candidates.Length == 1)
            return new OnlyPicker(candidates[0].Load);
        var loads = new EndpointLoad[candidates.Length];
        for (var i = 0; i < loads.Length; i++)
            loads[i] = candidates[i].Load;
        return weights.AreEqual
            ? new EqualPicker(loads, random)
            : new WeightedPicker(loads, weights.Values, random);
    }

    private sealed class OnlyPicker(EndpointLoad load) : IScoredPicker
    {
        public string ScoreMeaning => Meaning;

        public int Pick(in PickContext context) => 0;

        public double[] Scores(in PickContext context) => [load.InFlight];
    }

    private sealed class EqualPicker(EndpointLoad[] loads, StripedRandom random) : IScoredPicker
    {
        public string ScoreMeaning => Meaning;

        public double[] Scores(in PickContext context) => [.. loads.Select(static load => (double)load.InFlight)];

        public int Pick(in PickContext context)
        {
            var bits = random.Next();
            var first = StripedRandom.Scale((uint)bits, loads.Length);
            var second = StripedRandom.Another(first, (uint)(bits >> 32), loads.Length);

            // All ones when the second has fewer. Which one has is a toss-up, and a branch on it would be mispredicted half of the time.
            var fewer = (loads[second].InFlight - loads[first].InFlight) >> 31;
            return first ^ ((first ^ second) & fewer);
        }
    }

    private sealed class WeightedPicker(EndpointLoad[] loads, int[] weights, StripedRandom random) : IScoredPicker
    {
        private readonly AliasTable _table = new(weights);
        private readonly double _mean = weights.Average();

        public string ScoreMeaning => Meaning;

        public double[] Scores(in PickContext context) => [.. loads.Select((load, i) => weights[i] == 0 ? double.PositiveInfinity : load.InFlight * _mean / weights[i])];

        public int Pick(in PickContext context)
        {
            var first = _table.Draw(random.Next());
            var second = _table.Draw(random.Next());
            if (second == first)
                second = StripedRandom.Another(first, (uint)random.Next(), loads.Length);

            // a / v < b / w without a division. A second of weight 0, which only the line above can draw, never wins.
            return (long)loads[second].InFlight * weights[first] < (long)loads[first].InFlight * weights[second] ? second : first;
        }
    }
}
