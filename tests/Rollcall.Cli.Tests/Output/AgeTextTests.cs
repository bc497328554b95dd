using Rollcall.Cli.Output;

namespace Rollcall.Cli.Tests.Output;

public sealed class AgeTextTests
{
    // The table of kubectl's own test (k8s.io/apimachinery, duration_test.go), as far as it applies.
    [Theory]
    [InlineData(-1, "0s")]
    [InlineData(0, "0s")]
    [InlineData(70, "70s")]
    [InlineData(119, "119s")]
    [InlineData(120, "2m")]
    [InlineData(190, "3m10s")]
    [InlineData(599, "9m59s")]
    [InlineData(600, "10m")]
    [InlineData(47 * 60, "47m")]
    [InlineData((3 * 3600) - 1, "179m")]
    [InlineData(3 * 3600, "3h")]
    [InlineData((5 * 3600) + (4 * 60), "5h4m")]
    [InlineData(8 * 3600, "8h")]
    [InlineData((48 * 3600) - 1, "47h")]
    [InlineData(49 * 3600, "2d1h")]
    [InlineData(8 * 86400, "8d")]
    [InlineData(367 * 86400, "367d")]
    [InlineData(4 * 365 * 86400, "4y")]
    [InlineData(((4 * 365) + 3) * 86400, "4y3d")]
    [InlineData(10 * 365 * 86400, "10y")]
    public void Format_reads_like_kubectl(int seconds, string expected) =>
        Assert.Equal(expected, AgeText.Format(TimeSpan.FromSeconds(seconds)));
}
