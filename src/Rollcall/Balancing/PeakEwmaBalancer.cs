using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Rollcall.Health;

namespace Rollcall.Balancing;

/// <summary>
/// Of two different candidates drawn at random, the one with the lower product of what its answers cost (<see cref="PeakEwma"/>) and the requests in flight plus
/// this one, as Finagle does it. Costs within a factor of √2 count as equal, and a candidate that nobody knows is compared by its requests in flight alone, so that equal
/// candidates and silent consumers are served as by <see cref="LeastRequestsBalancer"/>.
/// </summary>
internal sealed class PeakEwmaBalancer(StripedRandom random, TimeProvider time) : IBalancer
{
    public const string PolicyName = "peak-ewma";

    public string Name => PolicyName;

    public IEndpointPicker CreatePicker(ReadOnlySpan<BalancedEndpoint> candidates)
    {
        var weights = Weights.Of(candidates);
        var mean = 0.0;
        foreach (var weight in weights.Values)
            mean += (double)weight / weights.Values.Length;
        var all = new Candidate[candidates.Length];
        for (var i = 0; i < all.Length; i++)
            all[i] = new(candidates[i].Load, weights.AreEqual ? 1 : mean / weights.Values[i]);
        return new Picker(all, weights.AreEqual ? null : new AliasTable(weights.Values), random, time);
    }

    /// <param name="Load">What is known of it.</param>
    /// <param name="Share">What one request in flight counts: the mean weight divided by its own; infinite for one without weight.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Candidate(EndpointLoad Load, double Share)
    {
        // The bits of a double above 1 are its logarithm, with straight lines between the powers of two (Mitchell, 1962): in the same unit as a cost, and
        // in the same order as the number.
        public long Level
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => BitConverter.DoubleToInt64Bits(1 + (Load.InFlight * Share)) >> 20;
        }
    }

    private sealed class Picker(Candidate[] candidates, AliasTable? table, StripedRandom random, TimeProvider time) : IScoredPicker
    {
        private const long Alike = PeakEwma.Octave / 2;

        public string ScoreMeaning => "milliseconds that an answer costs × (requests in flight for the weight + 1); less wins, 0 is not known yet";

        public int Pick(in PickContext context)
        {
            if (candidates.Length == 1)
                return 0;
            var bits = random.Next();
            int first;
            int second;
            if (table is null)
            {
                first = StripedRandom.Scale((uint)bits, candidates.Length);
                second = StripedRandom.Another(first, (uint)(bits >> 32), candidates.Length);
            }
            else
            {
                first = table.Draw(bits);
                second = table.Draw(random.Next());
                if (second == first)
                    second = StripedRandom.Another(first, (uint)random.Next(), candidates.Length);
                if (double.IsInfinity(candidates[second].Share))
                    return first;
            }

            var (a, b) = (candidates[first], candidates[second]);
            var (costA, costB) = (a.Load.Cost, b.Load.Cost);
            if (costA == 0 || costB == 0 || (a.Load.HeldUntil | b.Load.HeldUntil) != 0)
                return Exceptional(first, second);
            return Better(first, second, costB - costA, b.Level - a.Level);
        }

        public double[] Scores(in PickContext context) => Array.ConvertAll(candidates, Score);

        private double Score(Candidate candidate)
        {
            var cost = PeakEwma.CostAt(Volatile.Read(ref candidate.Load.Cost), time.GetTimestamp(), time.TimestampFrequency);
            return cost.TotalMilliseconds * (1 + (candidate.Load.InFlight * (double.IsInfinity(candidate.Share) ? 1 : candidate.Share)));
        }

        // All ones when the second is better. Which one is is a toss-up, and a branch on it would be mispredicted half of the time.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static int Better(int first, int second, long cost, long level)
        {
            cost = (ulong)(cost + Alike) <= 2 * Alike ? 0 : cost;
            var better = (int)((cost + level) >> 63);
            return first ^ ((first ^ second) & better);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private int Exceptional(int first, int second)
        {
            var (isHeldA, isHeldB) = (IsHeld(first), IsHeld(second));
            if (isHeldA && isHeldB)
                (first, second) = (NotHeld(first), NotHeld(second));
            else if (isHeldA != isHeldB)
                return isHeldA ? second : first;
            var (a, b) = (candidates[first], candidates[second]);
            var (costA, costB) = (Volatile.Read(ref a.Load.Cost), Volatile.Read(ref b.Load.Cost));
            if ((costA == 0) == (costB == 0))
                return Better(first, second, costB - costA, b.Level - a.Level);

            // One that nobody knows is sent one request, and no other before it was answered.
            var (unknown, known) = costA == 0 ? (first, second) : (second, first);
            return candidates[unknown].Load.InFlight <= 0 ? unknown : known;
        }

        // The first from here on; itself when everybody is.
        private int NotHeld(int from)
        {
            for (var i = 1; i < candidates.Length; i++)
            {
                var index = (from + i) % candidates.Length;
                if (!IsHeld(index))
                    return index;
            }

            return from;
        }

        // The clock is read for those only that have asked to be left alone.
        private bool IsHeld(int index)
        {
            var load = candidates[index].Load;
            var until = Volatile.Read(ref load.HeldUntil);
            if (until == 0)
                return false;
            if (time.GetTimestamp() < until)
                return true;
            Interlocked.CompareExchange(ref load.HeldUntil, 0, until);
            return false;
        }
    }
}
