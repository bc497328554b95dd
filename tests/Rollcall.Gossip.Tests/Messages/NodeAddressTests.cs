using System.Net;
using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Tests.Messages;

public sealed class NodeAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:7946", 4)]
    [InlineData("[::1]:7946", 16)]
    [InlineData("[2001:db8::1:2]:1", 16)]
    public void An_end_point_survives_the_way_there_and_back(string text, int length)
    {
        var address = NodeAddress.From(IPEndPoint.Parse(text));
        Assert.Equal(length, address.Length);
        Assert.Equal(IPEndPoint.Parse(text), address.ToEndPoint());
        Assert.Equal(text, address.ToString());
    }

    [Fact]
    public void The_mapped_form_is_the_IPv4_address()
    {
        var plain = NodeAddress.From([127, 0, 0, 1], 7946);
        Assert.Equal(plain, NodeAddress.From(IPEndPoint.Parse("[::ffff:127.0.0.1]:7946")));
        Assert.Equal(plain, NodeAddress.From([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1], 7946));
        Assert.Equal(4, plain.Length);
    }

    [Fact]
    public void Addresses_of_the_same_bytes_and_different_lengths_differ() =>
        Assert.NotEqual(NodeAddress.From([0, 0, 0, 1], 1), NodeAddress.From([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 1));

    [Fact]
    public void No_bytes_are_no_address()
    {
        Assert.Equal(default, NodeAddress.From([], 7946));
        Assert.True(NodeAddress.From([], 7946).IsNone);
        Assert.Throws<InvalidOperationException>(() => default(NodeAddress).ToEndPoint());
    }

    [Fact]
    public void Another_length_is_misuse() => Assert.Throws<ArgumentException>(() => NodeAddress.From([1, 2, 3, 4, 5], 1));

    [Fact]
    public void A_port_can_be_replaced() => Assert.Equal(NodeAddress.From([127, 0, 0, 1], 2), NodeAddress.From([127, 0, 0, 1], 1).WithPort(2));
}
