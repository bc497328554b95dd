using Rollcall.Api;
using Rollcall.Node.Findings;
using Rollcall.TestKit;

namespace Rollcall.Node.Tests.Findings;

public sealed class FindingTableTests
{
    private readonly VirtualTime _time = new();
    private readonly FindingTable _table;

    public FindingTableTests() => _table = new FindingTable(_time);

    [Fact]
    public void A_report_replaces_the_one_before_and_an_empty_one_takes_it_back()
    {
        Report("c1", "a", "b");
        _time.Advance(TimeSpan.FromSeconds(5));
        Report("c1", "b", "c");

        Assert.Equal([("b", 0d), ("c", 5d)], _table.Of("orders").Select(finding => (finding.Instance, (finding.Since!.Value - new VirtualTime().GetUtcNow()).TotalSeconds)));
        Report("c1");

        Assert.Empty(_table.Of("orders"));
        Assert.Equal(0, _table.Callers);
    }

    [Fact]
    public void A_caller_that_is_gone_accuses_nobody_for_ever()
    {
        Report("c1", "a");
        _time.Advance(TimeSpan.FromSeconds(39));
        Assert.Single(_table.Of("orders"));
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Empty(_table.Of("orders"));
        Assert.Equal(0, _table.Callers);
    }

    [Fact]
    public void Callers_beyond_the_limit_are_not_heard_until_others_are_gone()
    {
        for (var i = 0; i < FindingTable.MaxCallersPerService + 10; i++)
            ReportFrom($"10.0.0.{i}:5", $"c{i}");
        Assert.Equal(FindingTable.MaxCallersPerService, _table.Of("orders").Count);

        _time.Advance(TimeSpan.FromMinutes(1));
        Report("late", "a");

        Assert.Equal(["late"], _table.Of("orders").Select(static finding => finding.Caller));
    }

    [Fact]
    public void The_limit_of_all_callers_holds_over_all_services()
    {
        for (var i = 0; i < FindingTable.MaxCallers + 100; i++)
            _table.Report($"s{i / 100}", new CallerReport($"c{i}", $"10.0.{i / 250}.{i % 250}:1", 0, [new FindingDocument { Instance = "a", Reason = "silent" }]), TimeSpan.Zero);

        Assert.Equal(FindingTable.MaxCallers, _table.Callers);
    }

    [Theory]
    [InlineData("10.0.0.1:{0}")]
    [InlineData("[2001:db8::{0}]:5")]
    public void Whoever_invents_names_keeps_nobody_else_from_being_heard(string remote)
    {
        for (var i = 1; i <= FindingTable.MaxCallersPerService; i++)
            Assert.Equal(i <= FindingTable.MaxCallersPerNetwork, ReportFrom(remote.Replace("{0}", $"{i}", StringComparison.Ordinal), $"invented-{i}"));

        Assert.True(ReportFrom("10.0.0.2:5", "honest"));
        Assert.Contains("honest", _table.Of("orders").Select(static finding => finding.Caller));
    }

    [Fact]
    public void One_network_fills_no_more_than_a_part_of_the_table_over_all_services()
    {
        var heard = Enumerable.Range(0, 2_000).Count(i => ReportFrom("10.0.0.1:5", $"c{i}", $"s{i / 20}"));

        Assert.Equal(1_000, heard);
    }

    [Fact]
    public void Those_of_this_machine_are_told_apart_by_their_names()
    {
        for (var i = 0; i < FindingTable.MaxCallersPerService; i++)
            Assert.True(ReportFrom("127.0.0.1:5", $"c{i}"));
    }

    [Fact]
    public void Who_takes_the_name_of_another_does_not_take_its_word()
    {
        ReportFrom("10.0.0.1:5", "c1");
        _table.Report("orders", new CallerReport("c1", "10.0.0.2:5", 0, []), TimeSpan.Zero);

        Assert.Single(_table.Of("orders"));
        _table.Report("orders", new CallerReport("c1", "10.0.0.1:77", 0, []), TimeSpan.Zero);
        Assert.Empty(_table.Of("orders"));
    }

    private void Report(string caller, params string[] instances) => _table.Report(
        "orders",
        new CallerReport(caller, "10.0.0.1:5", 0, [.. instances.Select(static id => new FindingDocument { Instance = id, Reason = "failures" })]),
        TimeSpan.FromSeconds(10));

    private bool ReportFrom(string remote, string caller, string service = "orders") =>
        _table.Report(service, new CallerReport(caller, remote, 0, [new FindingDocument { Instance = "a", Reason = "failures" }]), TimeSpan.FromSeconds(10));
}
