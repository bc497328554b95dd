using Rollcall.Cli.Output;

namespace Rollcall.Cli.Tests.Output;

public sealed class SizeTextTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1 KiB")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(96L << 20, "96 MiB")]
    [InlineData(5L << 40, "5 TiB")]
    [InlineData(5000L << 40, "5000 TiB")]
    public void Format_keeps_three_digits(long bytes, string expected) => Assert.Equal(expected, SizeText.Format(bytes));
}
