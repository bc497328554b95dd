namespace Rollcall.Balancing;

/// <summary>The weights of a set of candidates in lowest terms. Weight 0 counts only when there is nothing else: then all are equal.</summary>
internal readonly record struct Weights(int[] Values, bool AreEqual)
{
    public static Weights Of(ReadOnlySpan<BalancedEndpoint> candidates)
    {
        if (candidates.IsEmpty)
            throw new ArgumentException("A picker needs at least one candidate.", nameof(candidates));
        var values = new int[candidates.Length];
        var divisor = 0;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Math.Max(0, candidates[i].Weight);
            divisor = GreatestCommonDivisor(divisor, values[i]);
        }

        if (divisor == 0)
        {
            Array.Fill(values, 1);
            return new(values, true);
        }

        foreach (ref var value in values.AsSpan())
            value /= divisor;
        return new(values, !values.AsSpan().ContainsAnyExcept(values[0]));
    }

    private static int GreatestCommonDivisor(int a, int b)
    {
        while (b != 0)
            (a, b) = (b, a % b);
        return a;
    }
}
