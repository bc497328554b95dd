using Rollcall.Registration;

namespace Rollcall.Tests.Registration;

public sealed class InstanceIdTests
{
    [Theory]
    [InlineData("orders", "m7", 8080, "orders-m7-8080")]
    [InlineData("orders", "DESKTOP_7.corp.example", 80, "orders-desktop-7-corp-example-80")]
    [InlineData("orders", "---", 80, "orders-80")]
    [InlineData("orders", "ünï", 80, "orders-n-80")]
    public void An_id_is_made_of_service_host_and_port(string service, string host, int port, string expected) =>
        Assert.Equal(expected, InstanceId.Of(service, host, port));

    [Fact]
    public void Whatever_the_names_the_id_is_valid()
    {
        var random = new Random(7);
        for (var i = 0; i < 2000; i++)
        {
            var service = Text(random, 70, "ab-0");
            var host = Text(random, 260, "aB.-_é0");
            var id = InstanceId.Of("x" + service, host, random.Next(1, 65536));
            Assert.True(NameRules.IsId(id), id);
            var renamed = InstanceId.WithSuffix(id, random);
            Assert.True(NameRules.IsId(renamed), renamed);
            Assert.NotEqual(id, renamed);
        }
    }

    [Fact]
    public void The_longest_dotted_id_can_take_a_suffix()
    {
        var id = $"{new string('a', 63)}.{new string('b', 60)}.cde";
        Assert.True(NameRules.IsId(id));

        Assert.True(NameRules.IsId(InstanceId.WithSuffix(id, new Random(1))));
        Assert.True(NameRules.IsId(InstanceId.WithSuffix(new string('a', 63), new Random(1))));
    }

    private static string Text(Random random, int length, string characters) =>
        string.Create(random.Next(length), random, (span, r) =>
        {
            foreach (ref var c in span)
                c = characters[r.Next(characters.Length)];
        });
}
