namespace Rollcall.Balancing;

/// <summary>
/// Affinity by a <see cref="MaglevTable"/>: shares as even as can be, one look into a table, and few keys that move when somebody comes or goes. A request without a key is picked
/// by least requests.
/// </summary>
internal sealed class MaglevBalancer(StripedRandom random) : IBalancer
{
    public const string PolicyName = "maglev";

    private readonly LeastRequestsBalancer _keyless = new(random);

    public string Name => PolicyName;

    public IEndpointPicker CreatePicker(ReadOnlySpan<BalancedEndpoint> candidates) =>
        new Picker(candidates.Length, new MaglevTable(candidates, Weights.Of(candidates).Values), (IScoredPicker)_keyless.CreatePicker(candidates));

    private sealed class Picker(int count, MaglevTable table, IScoredPicker keyless) : IOrderedPicker
    {
        public int Turns => Math.Min(KeyOrder.MaxTurns, count);

        public string ScoreMeaning => "place in the order of the key, 0 first and wins. Without a key: requests in flight, fewer win";

        public int Pick(in PickContext context)
        {
            if (!context.HasKey)
                return keyless.Pick(context);
            var slot = table.Slot(KeyHash.Mix(context.Key));
            return context.Turn == 0 ? table.Owner(slot) : Walk(slot, context.Turn);
        }

        public double[] Scores(in PickContext context)
        {
            if (!context.HasKey)
                return keyless.Scores(context);
            var scores = new double[count];
            Array.Fill(scores, scores.Length);
            var met = 0;
            var slot = table.Slot(KeyHash.Mix(context.Key));
            for (var i = 0; i < table.Count && met < scores.Length; i++, slot = table.Next(slot))
            {
                ref var score = ref scores[table.Owner(slot)];
                if (score >= scores.Length)
                    score = met++;
            }

            return scores;
        }

        // The owners of the slots behind: as good as drawn at random, and always the same.
        private int Walk(int slot, int turn)
        {
            var order = new KeyOrder(stackalloc int[KeyOrder.MaxTurns]);
            var turns = Turns;
            for (var i = 0; i < table.Count && order.Count < turns; i++, slot = table.Next(slot))
            {
                if (order.Add(table.Owner(slot)) && order.Count > turn)
                    return order.Seen[^1];
            }

            return (order.Seen[^1] + turn) % count;
        }
    }
}
