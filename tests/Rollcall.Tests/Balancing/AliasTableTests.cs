using Rollcall.Balancing;

namespace Rollcall.Tests.Balancing;

public sealed class AliasTableTests
{
    [Fact]
    public void Draw_WeightsWhoseSumNeedsMoreThan32Bits_IsAsWithSmallOnes()
    {
        var small = new AliasTable([4, 3, 4]);
        var large = new AliasTable([2_000_000_000, 1_500_000_000, 2_000_000_000]);
        var random = new Random(1);

        for (var i = 0; i < 10_000; i++)
        {
            var bits = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
            Assert.Equal(small.Draw(bits), large.Draw(bits));
        }
    }
}
