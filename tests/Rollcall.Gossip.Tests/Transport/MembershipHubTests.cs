using System.Net;
using Rollcall.Gossip.Transport;
using Rollcall.TestKit;

namespace Rollcall.Gossip.Tests.Transport;

public sealed class MembershipHubTests
{
    [Fact]
    public async Task A_slow_reader_gets_the_state_in_place_of_what_it_missed()
    {
        var hub = new MembershipHub();
        await using var reader = hub.WatchAsync(CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync());
        for (var version = 1; version <= 3000; version++)
            Publish(hub, version);

        var told = 0;
        while (true)
        {
            Assert.True(await Eventually.Within(reader.MoveNextAsync().AsTask()));
            if (reader.Current.Kind == GossipEventKind.Snapshot)
                break;
            told++;
        }

        Assert.Equal(256, told);
        Assert.Equal(3000, reader.Current.Membership.Version);
        Publish(hub, 3001);
        Assert.True(await Eventually.Within(reader.MoveNextAsync().AsTask()));
        Assert.Equal((GossipEventKind.Updated, 3001), (reader.Current.Kind, reader.Current.Membership.Version));
    }

    [Fact]
    public async Task Who_comes_after_the_end_gets_the_state_and_no_more()
    {
        var hub = new MembershipHub();
        Publish(hub, 1);
        hub.End();
        var seen = new List<GossipEvent>();
        await foreach (var change in hub.WatchAsync(CancellationToken.None))
            seen.Add(change);
        Assert.Equal(1, Assert.Single(seen).Membership.Version);
    }

    private static void Publish(MembershipHub hub, long version)
    {
        var member = new Member("a", new IPEndPoint(IPAddress.Loopback, 1), default, MemberState.Alive, (uint)version, DateTimeOffset.UnixEpoch);
        hub.Publish(new(version, [member]), [(GossipEventKind.Updated, member)]);
    }
}
