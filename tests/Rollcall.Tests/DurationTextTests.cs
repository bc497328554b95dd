namespace Rollcall.Tests;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("10s", 10_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("5m", 300_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("24h", 86_400_000)]
    [InlineData("1d2h3m4s5ms", 93_784_005)]
    [InlineData("0s", 0)]
    [InlineData("3650d", 315_360_000_000)]
    public void Parses(string text, long milliseconds)
    {
        Assert.True(DurationText.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1 s")]
    [InlineData("1S")]
    [InlineData("1s1m")]
    [InlineData("1s1s")]
    [InlineData("1..5s")]
    [InlineData(".s")]
    [InlineData("1e3s")]
    [InlineData("NaNs")]
    [InlineData("1y")]
    [InlineData("3651d")]
    [InlineData("99999999999999999999999999999d")]
    [InlineData("1s1")]
    public void Refuses(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(1, "1ms")]
    [InlineData(1_000, "1s")]
    [InlineData(90_000, "1m30s")]
    [InlineData(3_600_000, "1h")]
    [InlineData(3_333, "3s333ms")]
    public void Formats(long milliseconds, string text) => Assert.Equal(text, DurationText.Format(TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public void What_is_formatted_parses_back()
    {
        for (var seed = 0; seed < 10_000; seed++)
        {
            var random = new Random(seed);
            var duration = TimeSpan.FromMilliseconds(random.NextInt64(1L << random.Next(1, 38)));
            Assert.True(DurationText.TryParse(DurationText.Format(duration), out var again) && again == duration, $"seed {seed}: {duration} became {DurationText.Format(duration)}");
        }
    }
}
