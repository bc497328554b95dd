namespace Rollcall.Balancing;

/// <summary>
/// Always the same endpoint for as long as it is there, and the others in a fixed order when it will not do. The order is another in every process, so that not all of them
/// meet at the first of a sorted list; it is drawn with the weights as odds, and nobody's coming or going changes the order of the others
/// (weighted rendezvous hashing: Schindelhauer and Schomaker, 2005).
/// </summary>
internal sealed class PickFirstBalancer(ulong seed) : IBalancer
{
    public const string PolicyName = "pick-first";

    public string Name => PolicyName;

    public IEndpointPicker CreatePicker(ReadOnlySpan<BalancedEndpoint> candidates)
    {
        var weights = Weights.Of(candidates).Values;
        var ranks = new double[candidates.Length];
        var order = new int[candidates.Length];
        for (var i = 0; i < order.Length; i++)
        {
            // Uniform over (0, 1]; the logarithm makes it the time until the first of w events, of which the least wins with the odds w.
            var chance = ((KeyHash.Mix(KeyHash.Of(candidates[i].Endpoint.Id) ^ seed) >> 11) + 1) / (double)(1UL << 53);
            ranks[i] = weights[i] == 0 ? double.PositiveInfinity : -Math.Log(chance) / weights[i];
            order[i] = i;
        }

        Array.Sort(ranks, order);
        return new Picker(order);
    }

    private sealed class Picker(int[] order) : IOrderedPicker
    {
        public int Turns => order.Length;

        public string ScoreMeaning => "place in the order of this process, 0 first and wins";

        public int Pick(in PickContext context) => order[(uint)context.Turn < (uint)order.Length ? context.Turn : (int)((uint)context.Turn % (uint)order.Length)];

        public double[] Scores(in PickContext context)
        {
            var scores = new double[order.Length];
            for (var place = 0; place < order.Length; place++)
                scores[order[place]] = place;
            return scores;
        }
    }
}
