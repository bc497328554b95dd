using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Tests.Usage;

public sealed class MomentTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("10m", "10m", "2026-01-01T11:50:00.0000000+00:00")]
    [InlineData("2026-01-01T10:00:00Z", "2026-01-01T10:00:00.0000000+00:00", "2026-01-01T10:00:00.0000000+00:00")]
    [InlineData("2026-01-01T10:00:00", "2026-01-01T10:00:00.0000000+00:00", "2026-01-01T10:00:00.0000000+00:00")]
    [InlineData("2026-01-01T12:00:00+02:00", "2026-01-01T10:00:00.0000000+00:00", "2026-01-01T10:00:00.0000000+00:00")]
    public void TryParse_reads_durations_ago_and_ISO_8601(string text, string api, string at)
    {
        Assert.True(Moment.TryParse(text, out var moment));
        Assert.Equal(api, moment!.ApiText);
        Assert.Equal(at, moment.At(Now).ToString("O"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("12:00")]
    [InlineData("2026-01-01")]
    [InlineData("01/02/2026 10:00")]
    [InlineData("10")]
    public void TryParse_does_not_guess(string text) => Assert.False(Moment.TryParse(text, out _));
}
