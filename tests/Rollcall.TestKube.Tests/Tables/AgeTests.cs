using Rollcall.TestKube.Tables;

namespace Rollcall.TestKube.Tests.Tables;

public sealed class AgeTests
{
    [Theory]
    [InlineData("-00:00:01", "0s")]
    [InlineData("00:01:59", "119s")]
    [InlineData("00:02:00", "2m")]
    [InlineData("00:02:05", "2m5s")]
    [InlineData("00:10:59", "10m")]
    [InlineData("03:10:00", "3h10m")]
    [InlineData("08:10:00", "8h")]
    [InlineData("1.23:00:00", "47h")]
    [InlineData("2.05:00:00", "2d5h")]
    [InlineData("9.05:00:00", "9d")]
    [InlineData("740.00:00:00", "2y10d")]
    public void Ages_read_as_kubectl_says_them(string age, string expected) =>
        Assert.Equal(expected, Age.Format(TimeSpan.Parse(age, System.Globalization.CultureInfo.InvariantCulture)));
}
