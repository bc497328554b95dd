using Rollcall.Api;
using Rollcall.Node.Findings;
using Rollcall.Registry;
using Rollcall.Registry.Watchers;

namespace Rollcall.Node.Tests.Findings;

public sealed class CallerQuorumTests
{
    private static readonly string[] Three = ["10.0.0.1", "10.0.0.2", "10.0.0.3"];

    private readonly Dictionary<string, Instance> _instances = [];
    private readonly List<CallerReport> _reports = [];
    private readonly List<WatcherInfo> _watchers = [];
    private CallerQuorum _quorum = new(new CallerOptions { Quorum = 0.5 });
    private TimeSpan _now;
    private long _revision = 10;

    public CallerQuorumTests()
    {
        foreach (var id in (string[])["a", "b", "c", "d"])
            _instances.Add(id, Instance(id));
    }

    [Fact]
    public void Enough_callers_that_agree_mark_an_instance()
    {
        Watch("10.0.0.4");
        Report("a", Three);

        Assert.Equal(["a: 3 of 4 callers avoid it: failures"], Round());
        Assert.Equal(EndpointState.NotReady, _instances["a"].State);
        Assert.Empty(Round());
    }

    [Fact]
    public void Off_they_mark_nobody()
    {
        _quorum = new(new CallerOptions());
        Report("a", Three);

        Assert.Empty(Round());
    }

    [Fact]
    public void Two_are_too_few_however_few_there_are()
    {
        Report("a", "10.0.0.1", "10.0.0.2");

        Assert.Empty(Round());
    }

    [Fact]
    public void Three_of_seven_are_too_few()
    {
        Watch("10.0.0.4", "10.0.0.5", "10.0.0.6", "10.0.0.7");
        Report("a", Three);

        Assert.Empty(Round());
    }

    [Fact]
    public void An_event_stream_is_no_caller()
    {
        for (var i = 10; i < 30; i++)
            _watchers.Add(new($"s{i}", WatcherKind.Stream, 0, $"10.0.0.{i}:5", default, default));
        Report("a", Three);

        Assert.Single(Round());
    }

    [Theory]
    [InlineData("10.0.0.{0}", 1)]
    [InlineData("10.0.0.9", 0)]
    [InlineData("::ffff:10.0.0.9", 0)]
    [InlineData("2001:db8:0:{0}::1", 1)]
    [InlineData("2001:db8::{0}", 0)]
    [InlineData("127.0.0.1", 1)]
    [InlineData("::1", 1)]
    public void Many_names_from_one_network_have_one_vote_but_on_this_machine_one_each(string address, int marks)
    {
        for (var i = 1; i <= 9; i++)
            _reports.Add(Of($"invented-{i}", address.Replace("{0}", $"{i}", StringComparison.Ordinal), "a"));

        Assert.Equal(marks, Round().Count);
    }

    [Fact]
    public void Callers_behind_one_address_share_its_vote()
    {
        Report("a", "10.0.0.1", "10.0.0.2");
        foreach (var caller in (string[])["x", "y", "z"])
            _reports.Add(Of(caller, "10.0.0.3", "a"));
        Assert.Equal(["a: 3 of 3 callers avoid it: failures"], Round());

        _reports.RemoveAll(static report => report.Caller == "x");
        _watchers.Add(new("x", WatcherKind.Poll, 0, "10.0.0.3:7", default, default));

        Assert.Equal(["a: over, only 2.7 of 3 callers avoid it by now"], Round());
    }

    [Fact]
    public void At_most_half_are_taken_out_those_first_that_most_avoid()
    {
        Report("a", Three);
        Report("b", [.. Three, "10.0.0.4"]);
        Report("c", [.. Three, "10.0.0.4", "10.0.0.5"]);
        Report("d", [.. Three, "10.0.0.4", "10.0.0.5"]);

        Assert.Equal(["c: 5 of 5 callers avoid it: failures", "d: 5 of 5 callers avoid it: failures"], Round());
        Assert.Empty(Round());
    }

    [Fact]
    public void When_others_become_not_ready_those_that_callers_took_out_come_back()
    {
        Report("a", Three);
        Report("b", [.. Three, "10.0.0.4"]);
        Assert.Equal(2, Round().Count);
        Change("c", static instance => instance with { FailingCheck = "tcp: refused" });
        Change("d", static instance => instance with { Draining = true });

        Assert.Equal(["a: over, callers would have taken out too many of those that are left"], Round());
        Assert.Empty(Round());
    }

    [Fact]
    public void Of_one_instance_none_is_taken_out()
    {
        foreach (var id in (string[])["b", "c", "d"])
            _instances.Remove(id);
        Report("a", Three);

        Assert.Empty(Round());
    }

    [Fact]
    public void Who_is_not_ready_anyway_is_left_alone()
    {
        Change("a", static instance => instance with { OwnerReady = false });
        Report("a", Three);

        Assert.Empty(Round());
    }

    [Fact]
    public void When_callers_take_it_back_the_mark_ends()
    {
        Report("a", Three);
        Round();
        _reports.RemoveAt(0);

        Assert.Equal(["a: over, only 2 of 2 callers avoid it by now"], Round());
        Assert.Equal(EndpointState.Ready, _instances["a"].State);
    }

    [Fact]
    public void Callers_that_were_told_stay_by_what_they_said_although_they_have_not_heard_of_the_mark_yet()
    {
        Report("a", Three);
        Round();
        _now += TimeSpan.FromSeconds(29);

        Assert.Empty(Round());
    }

    [Fact]
    public void A_mark_is_tried_after_a_while_and_only_what_is_found_from_then_on_counts()
    {
        Report("a", Three);
        Round();
        _now += TimeSpan.FromSeconds(30);
        Assert.Equal(["a: over, its time is over and callers try it again"], Round());
        Assert.Empty(Round());

        _reports.Clear();
        Report("a", Three);
        Assert.Single(Round());
        _now += TimeSpan.FromSeconds(59);
        Assert.Empty(Round());
        _now += TimeSpan.FromSeconds(1);
        Assert.Single(Round());
    }

    [Fact]
    public void How_often_is_forgiven_after_ten_times_as_long()
    {
        Report("a", Three);
        Round();
        _now += TimeSpan.FromSeconds(30);
        Round();
        _now += TimeSpan.FromSeconds(301);
        _reports.Clear();
        Round();
        Assert.Empty(_quorum.Services);
        Report("a", Three);
        Round();
        _now += TimeSpan.FromSeconds(30);

        Assert.Single(Round());
    }

    [Fact]
    public void What_was_found_of_an_instance_before_it_was_registered_anew_does_not_mark_it()
    {
        Report("a", Three);
        Round();
        Change("a", static instance => instance with { CallersFinding = null });

        Assert.Empty(Round());
    }

    [Fact]
    public void A_mark_of_before_a_restart_stands_until_callers_have_had_time_to_repeat_it()
    {
        Report("a", Three);
        Round();
        _quorum = new(new CallerOptions { Quorum = 0.5, RetryAfter = TimeSpan.FromMinutes(5) });
        _reports.Clear();
        Assert.Empty(Round());
        _now += FindingTable.Expiry;

        Assert.Equal(["a: over, only 0 of 0 callers avoid it by now"], Round());
    }

    [Fact]
    public void A_mark_of_before_a_restart_that_turned_it_off_ends()
    {
        Report("a", Three);
        Round();
        _quorum = new(new CallerOptions());

        Assert.Equal(["a: over, what callers find is only shown"], Round());
    }

    private static Instance Instance(string id) => new()
    {
        Registration = new() { Service = "orders", Id = id, Address = "10.1.0.1", Ports = new SmallMap<int>([new("http", 80)]) },
        State = EndpointState.Ready,
        Since = DateTimeOffset.UnixEpoch,
        Revision = 1,
    };

    private CallerReport Of(string caller, string address, string instance) => new(
        caller,
        address.Contains(':', StringComparison.Ordinal) ? $"[{address}]:5" : $"{address}:5",
        _revision,
        [new FindingDocument { Instance = instance, Reason = "failures" }]);

    private void Report(string instance, params string[] addresses)
    {
        foreach (var address in addresses)
        {
            var at = _reports.FindIndex(report => report.Caller == address);
            if (at < 0)
                _reports.Add(Of(address, address, instance));
            else
                _reports[at] = _reports[at] with { Findings = [.. _reports[at].Findings, .. Of(address, address, instance).Findings] };
        }
    }

    private void Watch(params string[] addresses) => _watchers.AddRange(
        addresses.Select(static address => new WatcherInfo(address, WatcherKind.Poll, 0, $"{address}:5", default, default)));

    // As the registry does.
    private void Change(string id, Func<Instance, Instance> change)
    {
        var after = change(_instances[id]);
        var isReady = after is { Draining: false, FailingCheck: null, OwnerReady: true, CallersFinding: null };
        _instances[id] = after with { Revision = ++_revision, State = isReady ? EndpointState.Ready : EndpointState.NotReady };
    }

    private List<string> Round()
    {
        var verdicts = _quorum.Judge("orders", [.. _instances.Values], new CallerVotes(_reports, _watchers), _now);
        foreach (var verdict in verdicts)
        {
            Change(verdict.Instance.Registration.Id, instance => instance with { CallersFinding = verdict.Finding });
            _quorum.Written(verdict, _now);
        }

        return [.. verdicts.Select(static verdict => $"{verdict.Instance.Registration.Id}: {verdict.Finding ?? "over, " + verdict.WhyOver}")];
    }
}
