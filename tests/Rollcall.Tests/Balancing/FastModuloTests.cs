using Rollcall.Balancing;

namespace Rollcall.Tests.Balancing;

public sealed class FastModuloTests
{
    [Fact]
    public void Of_AgreesWithTheOperator_AtTheEdgesAndAtRandom()
    {
        var random = new Random(1);
        foreach (var divisor in new[] { 1, 2, 3, 5, 7, 10, 100, 641, 9_999, 10_000, 65_535, 65_536, 65_537, 1_000_000, int.MaxValue })
        {
            var modulo = new FastModulo(divisor);
            uint[] edges = [0, 1, (uint)divisor - 1, (uint)divisor, (uint)divisor + 1, uint.MaxValue - 1, uint.MaxValue, int.MaxValue];
            foreach (var value in edges.Concat(Enumerable.Range(0, 10_000).Select(_ => (uint)random.NextInt64(1L << 32))))
                Assert.Equal((int)(value % (uint)divisor), modulo.Of(value));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Constructor_DivisorNotPositive_Refuses(int divisor) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new FastModulo(divisor));
}
