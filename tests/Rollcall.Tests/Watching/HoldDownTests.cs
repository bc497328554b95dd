using System.Collections.Immutable;
using Rollcall.Watching;

namespace Rollcall.Tests.Watching;

public sealed class HoldDownTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan HoldTime = TimeSpan.FromSeconds(5);

    /// <summary>
    /// One line per case: what was believed, what the source says next, what is believed then. A letter is a ready endpoint; behind it
    /// <c>-</c> means not ready, <c>~</c> draining.
    /// </summary>
    [Theory]
    [InlineData("a b c d", "", "a b c d", true)] // the restarting registry
    [InlineData("a b c d", "a", "a b c d", true)] // more than half
    [InlineData("a b c d", "a b", "a b", false)] // half is not more than half
    [InlineData("a b c d", "a b c", "a b c", false)]
    [InlineData("a b", "a", "a", false)]
    [InlineData("a", "", "a", true)] // a set of one drops to empty
    [InlineData("a~", "", "", false)] // it has said good-bye
    [InlineData("a b~", "a", "a", false)]
    [InlineData("a b~", "b~", "a b~", true)] // the last one that takes work
    [InlineData("a b~ c~ d~", "a", "a", false)] // three gone, all lawfully
    [InlineData("a b c d", "a~ b~ c~ d~", "a~ b~ c~ d~", false)] // a statement, not a loss
    [InlineData("a b c d", "a- b- c- d-", "a- b- c- d-", false)]
    [InlineData("a b c d", "a- b- c-", "a- b- c-", false)] // one gone, three only failing
    [InlineData("a b c d", "a~", "a~ b c d", true)] // a draining mark is never delayed, held down or not
    [InlineData("a b c d", "a e", "a e", false)] // four to two: the count decides
    [InlineData("a b c d", "e", "a b c d e", true)] // a new one is seen at once
    [InlineData("a b c d", "e f g h", "e f g h", false)] // replaced by as many
    [InlineData("a- b-", "a-", "a-", false)] // nobody took work, nothing is lost
    [InlineData("a- b-", "", "a- b-", true)]
    [InlineData("", "", "", false)]
    [InlineData("", "a", "a", false)]
    public void Apply_one_step(string before, string says, string believed, bool held)
    {
        var holdDown = new HoldDown(HoldTime, 0.5);
        holdDown.Apply(Live(before), At(0));

        var belief = holdDown.Apply(Live(says), At(1));

        Assert.Equal(believed, Text(belief));
        Assert.Equal(held ? FreshnessKind.Stale : FreshnessKind.Live, belief.Reading.Freshness.Kind);
        Assert.Equal(held ? TimeSpan.FromSeconds(6) : null, belief.Deadline);
    }

    [Fact]
    public void The_reason_says_what_happened_and_until_when_it_is_doubted()
    {
        var holdDown = new HoldDown(HoldTime, 0.5);
        holdDown.Apply(Live("a b c d"), At(0));

        var belief = holdDown.Apply(Live(""), At(5));

        Assert.Equal("held down: the source went from 4 endpoints to 0 at 12:00:05Z; believed from 12:00:10Z on", belief.Reading.Freshness.Reason);
    }

    [Theory]
    [InlineData(0.0, "a b c d", "a b c", "a b c d")]
    [InlineData(0.25, "a b c d", "a b c", "a b c")]
    [InlineData(0.25, "a b c d", "a b", "a b c d")]
    [InlineData(1.0, "a b c d", "a", "a")]
    [InlineData(1.0, "a b c d", "", "a b c d")]
    public void The_share_is_what_may_go_at_once(double share, string before, string says, string believed)
    {
        var holdDown = new HoldDown(HoldTime, share);
        holdDown.Apply(Live(before), At(0));

        Assert.Equal(believed, Text(holdDown.Apply(Live(says), At(1))));
    }

    [Fact]
    public void A_share_that_binary_fractions_cannot_hold_is_still_met_exactly()
    {
        // 0.29 · 100 is 28.999… in binary; losing 29 of 100 is exactly the share and no more.
        var holdDown = new HoldDown(HoldTime, 0.29);
        var all = Enumerable.Range(0, 100).Select(static i => new Endpoint($"e{i:00}", "h", 1)).ToImmutableArray();
        holdDown.Apply(new Reading(all, Noon, Freshness.Live), At(0));

        Assert.Equal(71, holdDown.Apply(new Reading(all[29..], Noon, Freshness.Live), At(1)).Reading.Endpoints.Length);
        holdDown.Apply(new Reading(all, Noon, Freshness.Live), At(2));
        Assert.Equal(100, holdDown.Apply(new Reading(all[30..], Noon, Freshness.Live), At(3)).Reading.Endpoints.Length);
    }

    [Fact]
    public void Zero_time_turns_it_off()
    {
        var holdDown = new HoldDown(TimeSpan.Zero, 0.5);
        holdDown.Apply(Live("a b"), At(0));

        Assert.Equal("", Text(holdDown.Apply(Live(""), At(1))));
    }

    [Fact]
    public void When_the_time_has_passed_the_loss_is_believed()
    {
        var holdDown = new HoldDown(HoldTime, 0.5);
        holdDown.Apply(Live("a b"), At(0));
        holdDown.Apply(Live(""), At(1));

        var early = holdDown.Tick(At(5.999));
        Assert.Equal("a b", Text(early));
        Assert.Equal(TimeSpan.FromSeconds(6), early.Deadline);

        var late = holdDown.Tick(At(6));
        Assert.Equal("", Text(late));
        Assert.True(late.Reading.Freshness.IsLive);
        Assert.Null(late.Deadline);
    }

    [Fact]
    public void It_ends_early_when_enough_come_back()
    {
        var holdDown = new HoldDown(HoldTime, 0.5);
        holdDown.Apply(Live("a b c d"), At(0));
        holdDown.Apply(Live(""), At(1));

        Assert.Equal("a b c d", Text(holdDown.Apply(Live("a"), At(2))));
        var back = holdDown.Apply(Live("a b"), At(3));

        Assert.Equal("a b", Text(back));
        Assert.True(back.Reading.Freshness.IsLive);
        Assert.Null(back.Deadline);
    }

    [Fact]
    public void It_ends_early_when_as_many_others_come()
    {
        var holdDown = new HoldDown(HoldTime, 0.5);
        holdDown.Apply(Live("a b c d"), At(0));
        holdDown.Apply(Live(""), At(1));

        Assert.Equal("a b c d x", Text(holdDown.Apply(Live("x"), At(2))));
        Assert.Equal("x y", Text(holdDown.Apply(Live("x y"), At(3))));
    }

    [Fact]
    public void Each_endpoint_has_its_own_time()
    {
        var holdDown = new HoldDown(HoldTime, 0.5);
        holdDown.Apply(Live("a b c d"), At(0));
        holdDown.Apply(Live("a"), At(1));
        Assert.Equal("a b c d", Text(holdDown.Apply(Live(""), At(4))));

        var first = holdDown.Tick(At(6));
        Assert.Equal("a", Text(first));
        Assert.Equal(TimeSpan.FromSeconds(9), first.Deadline);

        Assert.Equal("", Text(holdDown.Tick(At(9))));
    }

    [Fact]
    public void One_that_comes_back_draining_while_held_may_leave_at_once()
    {
        var holdDown = new HoldDown(HoldTime, 0.5);
        holdDown.Apply(Live("a b c"), At(0));
        holdDown.Apply(Live(""), At(1));
        Assert.Equal("a~ b c", Text(holdDown.Apply(Live("a~"), At(2))));

        Assert.Equal("b c", Text(holdDown.Apply(Live(""), At(3))));
    }

    [Fact]
    public void Who_is_believed_gone_is_not_missed_any_more()
    {
        var holdDown = new HoldDown(HoldTime, 0.5);
        holdDown.Apply(Live("a b c d e"), At(0));
        holdDown.Apply(Live("a e"), At(1));
        Assert.Equal("a b c d e", Text(holdDown.Apply(Live("a"), At(4))));

        // b, c and d are gone for good; of the two that are left, one is half.
        Assert.Equal("a", Text(holdDown.Tick(At(6))));
    }

    [Fact]
    public void One_that_leaves_lawfully_in_between_is_not_missed()
    {
        var holdDown = new HoldDown(HoldTime, 0.5);
        holdDown.Apply(Live("a b c d e"), At(0));
        holdDown.Apply(Live("a~"), At(1));

        // Two of the four that are left to miss are back.
        Assert.Equal("b c", Text(holdDown.Apply(Live("b c"), At(2))));
    }

    [Fact]
    public void While_the_source_is_out_of_reach_the_doubt_stands_and_its_time_begins_again_afterwards()
    {
        var holdDown = new HoldDown(HoldTime, 0.5);
        holdDown.Apply(Live("a b"), At(0));
        holdDown.Apply(Live(""), At(1));

        var gone = holdDown.Apply(Live("") with { Freshness = Freshness.Stale("connection refused") }, At(2));
        Assert.Equal("a b", Text(gone));
        Assert.Equal("connection refused; endpoints held down: 2", gone.Reading.Freshness.Reason);
        Assert.Null(gone.Deadline);

        var back = holdDown.Apply(Live(""), At(60));
        Assert.Equal("a b", Text(back));
        Assert.Equal(TimeSpan.FromSeconds(65), back.Deadline);
        Assert.Equal("", Text(holdDown.Tick(At(65))));
    }

    [Fact]
    public void A_stale_set_passes_as_it_is()
    {
        var holdDown = new HoldDown(HoldTime, 0.5);
        holdDown.Apply(Live("a b"), At(0));

        var belief = holdDown.Apply(Live("a b") with { Freshness = Freshness.Stale("connection refused") }, At(1));

        Assert.Equal("a b", Text(belief));
        Assert.Equal(Freshness.Stale("connection refused"), belief.Reading.Freshness);
    }

    [Fact]
    public void A_fallback_is_another_list_and_not_compared()
    {
        var holdDown = new HoldDown(HoldTime, 0.5);
        holdDown.Apply(Live("a b"), At(0));

        Assert.Equal("x", Text(holdDown.Apply(Fallback("x"), At(1))));

        // One fallback is compared with the next, also over an outage; the way back is to another list again.
        Assert.Equal("x", Text(holdDown.Apply(Fallback(""), At(2))));
        Assert.Equal("x", Text(holdDown.Apply(Live("") with { Freshness = Freshness.Stale("connection refused") }, At(3))));
        Assert.Equal("x", Text(holdDown.Apply(Fallback(""), At(4))));
        Assert.Equal("a", Text(holdDown.Apply(Live("a"), At(5))));

        static Reading Fallback(string text) => Live(text) with { Freshness = Freshness.Fallback("from the cache") };
    }

    internal static Moment At(double seconds) => new(TimeSpan.FromSeconds(seconds), Noon + TimeSpan.FromSeconds(seconds));

    internal static Reading Live(string text) => new(
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static word => new Endpoint(word[..1], "h", 1)
        {
            State = word.Length == 1 ? EndpointState.Ready : word[1] == '~' ? EndpointState.Draining : EndpointState.NotReady,
        })],
        Noon,
        Freshness.Live);

    internal static string Text(in Belief belief) => string.Join(' ', belief.Reading.Endpoints.Select(static endpoint => endpoint.Id + endpoint.State switch
    {
        EndpointState.Draining => "~",
        EndpointState.NotReady => "-",
        _ => "",
    }));
}
