using Rollcall.Gossip.Serf;

namespace Rollcall.Gossip.Tests.Serf;

/// <summary>That what is remembered of members stays cheap however many there are: counted by how many entries are looked at.</summary>
public sealed class SerfMembersTests
{
    private static readonly long Minute = TimeSpan.FromMinutes(1).Ticks;

    private readonly SerfMembers _members = new();

    [Fact]
    public void Names_that_nobody_knows_cost_no_more_the_more_they_are()
    {
        const int Names = 100_000;
        for (var i = 0; i < Names; i++)
            _members.Join(LoneName(i), 5, Minute);
        Assert.InRange(_members.Looks, 0, SerfMembers.MaxEarly);

        // And there is room again when the first are old.
        Assert.False(_members.Join("last"u8, 5, 5 * Minute).IsNew);
        Assert.True(_members.Join("last"u8, 5, (6 * Minute) + 1).IsNew);
        Assert.InRange(_members.Looks, SerfMembers.MaxEarly, 3 * SerfMembers.MaxEarly);
    }

    [Fact]
    public void Members_that_go_cost_no_more_the_more_have_gone()
    {
        const int Count = 3 * SerfMembers.MaxGone;
        for (var i = 0; i < Count; i++)
            _members.Joined($"n{i}", 0);
        for (var i = 0; i < Count; i++)
            _members.Gone($"n{i}", hasLeft: false, i);
        Assert.InRange(_members.Looks, 1, 3 * Count);
        Assert.Equal(SerfMembers.MaxGone, _members.Count);
        Assert.Equal(Enumerable.Range(0, Count - SerfMembers.MaxGone).Select(static i => $"n{i}"), _members.Forgotten);
    }

    [Fact]
    public void Who_has_gone_last_is_forgotten_last_and_who_is_back_is_not()
    {
        var day = TimeSpan.FromHours(24).Ticks;
        foreach (var (name, at) in new[] { ("a", 1L), ("b", 2), ("c", 3) })
        {
            _members.Joined(name, 0);
            _members.Gone(name, hasLeft: true, at);
        }

        _members.Gone("a", hasLeft: true, 4);
        _members.Joined("b", 5);
        _members.Reap(day + 4);
        Assert.Equal(["c"], _members.Forgotten);
        _members.Reap(day + 5);
        Assert.Equal(["c", "a"], _members.Forgotten);
        _members.Leave("b"u8, 9, prune: false, 6);
        _members.Gone("b", hasLeft: false, 6);
        _members.Leave("b"u8, 10, prune: true, 7);
        _members.Reap(3 * day);
        Assert.Equal(["c", "a", "b"], _members.Forgotten);
    }

    [Fact]
    public void Who_has_left_and_says_that_it_joins_has_not_left_at_the_time_of_that()
    {
        _members.Joined("a", 0);
        _members.Leave("a"u8, 5, prune: false, 1);
        _members.Gone("a", hasLeft: true, 2);
        Assert.True(_members.Join("a", 7, 3).IsNew);
        Assert.False(_members.Join("a", 7, 3).IsNew);
        Assert.Contains(("a", SerfStatus.Left, 5UL), _members.All);
        Assert.Equal(SerfStatus.Alive, _members.Joined("a", 4));
        Assert.Contains(("a", SerfStatus.Alive, 7UL), _members.All);
    }

    private static byte[] LoneName(int i) => System.Text.Encoding.UTF8.GetBytes($"unknown-{i}");
}
