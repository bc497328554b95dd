using Rollcall.Gossip.Protocol;
using Rollcall.Gossip.Tests.Protocol;

namespace Rollcall.Gossip.Tests.Conformance;

/// <summary>Statement 31: how long a suspicion lasts. In a LAN of ten it is 24 s without confirmations, 11.381 s with one, 4 s with two.</summary>
public sealed class SuspicionConformance
{
    private readonly LoneNode _node = Cluster(10);

    [Theory]
    [InlineData(0, 24)]
    [InlineData(1, 11.381)]
    [InlineData(2, 4)]
    [InlineData(5, 4)]
    public void S31_Confirmations_shorten_it(int confirmations, double seconds)
    {
        _node.Suspect("n1", 1, "n2");
        for (var i = 0; i < confirmations; i++)
            _node.Suspect("n1", 1, $"n{3 + i}");
        _node.AdvanceTo(TimeSpan.FromSeconds(seconds - 0.001));
        Assert.Equal("Suspect@1", _node.StateOf("n1"));
        _node.AdvanceTo(TimeSpan.FromSeconds(seconds));
        Assert.Equal("Dead@1", _node.StateOf("n1"));
    }

    [Fact]
    public void S31_The_same_accuser_twice_confirms_nothing()
    {
        _node.Suspect("n1", 1, "n2");
        for (var i = 0; i < 5; i++)
            _node.Suspect("n1", 1, "n2");
        _node.AdvanceTo(TimeSpan.FromSeconds(23.9));
        Assert.Equal("Suspect@1", _node.StateOf("n1"));
    }

    [Fact]
    public void S31_A_confirmation_that_comes_too_late_ends_it_at_once()
    {
        _node.Suspect("n1", 1, "n2");
        _node.AdvanceTo(TimeSpan.FromSeconds(12));
        _node.Suspect("n1", 1, "n3");
        _node.AdvanceTo(_node.Now);
        Assert.Equal("Dead@1", _node.StateOf("n1"));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void S31_Too_few_members_to_confirm_wait_the_least_time(int n)
    {
        var node = Cluster(n);
        node.Suspect("n1", 1, "n1x");
        node.AdvanceTo(TimeSpan.FromSeconds(3.999));
        Assert.Equal("Suspect@1", node.StateOf("n1"));
        node.AdvanceTo(TimeSpan.FromSeconds(4));
        Assert.Equal("Dead@1", node.StateOf("n1"));
    }

    [Fact]
    public void S31_The_timer_of_an_earlier_suspicion_kills_nobody()
    {
        _node.Suspect("n1", 1, "n2");
        _node.Suspect("n1", 1, "n3");
        _node.Suspect("n1", 1, "n4");
        _node.AdvanceTo(TimeSpan.FromSeconds(2));
        _node.Alive("n1", 2);
        _node.AdvanceTo(TimeSpan.FromSeconds(3));
        _node.Suspect("n1", 2, "n2");
        _node.AdvanceTo(TimeSpan.FromSeconds(26.9));
        Assert.Equal("Suspect@2", _node.StateOf("n1"));
        _node.AdvanceTo(TimeSpan.FromSeconds(27));
        Assert.Equal("Dead@2", _node.StateOf("n1"));
    }

    [Fact]
    public void S31_A_confirmation_that_counts_is_passed_on_and_a_later_one_is_not()
    {
        var node = Cluster(10, LoneNode.Quiet);
        node.Suspect("n1", 1, "n2");
        node.Suspect("n1", 1, "n3");
        Assert.Contains("n3", Queued(node), StringComparison.Ordinal);
        node.Suspect("n1", 1, "n4");
        node.Suspect("n1", 1, "n5");
        Assert.Contains("n4", Queued(node), StringComparison.Ordinal);
    }

    [Fact]
    public void A_death_found_here_is_told_as_this_nodes_own()
    {
        var node = Cluster(10, LoneNode.Quiet);
        node.Answering.UnionWith(Enumerable.Range(2, 8).Select(static i => $"n{i}"));
        node.Suspect("n1", 1, "n2");
        var dead = node.AdvanceUntilSent("dead n1", 30);
        Assert.Equal("dead n1 1 from me", dead.Text);
    }

    private static string Queued(LoneNode node) => node.AdvanceUntilSent("suspect n1", 3).Text;

    private static LoneNode Cluster(int n, ProtocolSettings? settings = null)
    {
        var node = new LoneNode(settings ?? LoneNode.Silent with { ProbeInterval = TimeSpan.FromSeconds(1) });
        for (var i = 1; i < n; i++)
        {
            node.Alive($"n{i}");
            node.Answering.Add($"n{i}");
        }

        return node;
    }
}
