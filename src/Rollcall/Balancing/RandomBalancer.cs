namespace Rollcall.Balancing;

/// <summary>Picks at random in proportion to the weights.</summary>
internal sealed class RandomBalancer(StripedRandom random) : IBalancer
{
    public const string PolicyName = "random";

    public string Name => PolicyName;

    public IEndpointPicker CreatePicker(ReadOnlySpan<BalancedEndpoint> candidates)
    {
        var weights = Weights.Of(candidates);
        return weights.AreEqual
            ? new UniformPicker(candidates.Length, random)
            : new AliasPicker(new AliasTable(weights.Values), random);
    }

    private sealed class UniformPicker(int count, StripedRandom random) : IEndpointPicker
    {
        public int Pick(in PickContext context) => StripedRandom.Scale((uint)random.Next(), count);
    }

    private sealed class AliasPicker(AliasTable table, StripedRandom random) : IEndpointPicker
    {
        public int Pick(in PickContext context) => table.Draw(random.Next());
    }
}
