using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Transport;

namespace Rollcall.Gossip.Tests.Transport;

public sealed class StreamSeatsTests
{
    private static NodeAddress Peer(byte host, ushort port) => NodeAddress.From([10, 0, 0, host], port);

    [Fact]
    public void Half_of_the_seats_are_for_one_host_and_all_for_all()
    {
        var seats = new StreamSeats(4);
        Assert.True(seats.TryTake(Peer(1, 1)));
        Assert.True(seats.TryTake(Peer(1, 2)));
        Assert.False(seats.TryTake(Peer(1, 3)));
        Assert.True(seats.TryTake(Peer(2, 1)));
        Assert.True(seats.TryTake(Peer(3, 1)));
        Assert.False(seats.TryTake(Peer(4, 1)));
        seats.Leave(Peer(1, 1));
        Assert.True(seats.TryTake(Peer(4, 1)));
    }

    [Fact]
    public void Memory_is_bounded_for_all_together_and_given_back()
    {
        var seats = new StreamSeats(4);
        int one = 0, two = 0;
        Assert.True(seats.TryHold(ref one, (int)StreamSeats.MaxHeldBytes));
        Assert.False(seats.TryHold(ref two, 1));
        Assert.True(seats.TryHold(ref one, 0));
        Assert.True(seats.TryHold(ref two, 2));
        Assert.Equal((0, 2), (one, two));
    }
}
