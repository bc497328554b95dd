using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;
using Rollcall.Gossip.Transport;
using Rollcall.TestKit;

namespace Rollcall.Gossip.Tests.Transport;

public sealed class MembershipViewTests
{
    private readonly MembershipHub _hub = new();
    private readonly NodeRecord _member = new("a"u8, NodeAddress.From([127, 0, 0, 1], 7946), default, ProtocolVersions.Default);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_is_gone_is_seen_for_as_long_as_the_protocol_or_Serf_remembers_it(bool keepsGone)
    {
        var view = new MembershipView(_hub, new VirtualTime(), keepsGone);
        Take(view, EventKind.Joined);
        Take(view, EventKind.Failed);
        Take(view, EventKind.Forgotten);
        Assert.Equal(keepsGone ? [MemberState.Dead] : [], _hub.Current.Members.Select(static member => member.State));

        view.Forget("a");
        view.Settle();
        Assert.Empty(_hub.Current.Members);
        view.Forget("a");
        view.Settle();
        Assert.Equal(3, _hub.Current.Version);
    }

    private void Take(MembershipView view, EventKind kind)
    {
        view.Take(new ProtocolEvent(kind, 0) { Record = _member, Incarnation = 1 });
        view.Settle();
    }
}
