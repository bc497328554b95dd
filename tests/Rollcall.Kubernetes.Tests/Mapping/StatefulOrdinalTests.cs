using Rollcall.Kubernetes.Mapping;

namespace Rollcall.Kubernetes.Tests.Mapping;

public sealed class StatefulOrdinalTests
{
    [Theory]
    [InlineData("orders-0", null, "0")]
    [InlineData("loco-emulator-12", null, "12")]
    [InlineData("orders-9999", null, "9999")]
    [InlineData("orders-12345", null, null)] // the random end of another pod, as far as one can see
    [InlineData("orders-12345", "orders-12345", "12345")]
    [InlineData("orders-7c9f8d6b5-28945", null, null)]
    [InlineData("orders-7c9f8d6b5-x2k4j", null, null)]
    [InlineData("orders-01", null, null)]
    [InlineData("orders-", null, null)]
    [InlineData("orders", null, null)]
    [InlineData("-1", null, null)]
    [InlineData("orders-99999999999", "orders-99999999999", null)]
    public void Only_the_pods_of_a_StatefulSet_have_one(string pod, string? hostname, string? expected) => Assert.Equal(expected, StatefulOrdinal.Of(pod, hostname));
}
