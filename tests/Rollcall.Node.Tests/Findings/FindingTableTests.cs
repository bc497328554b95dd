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
            Report($"c{i}", "a");
        Assert.Equal(FindingTable.MaxCallersPerService, _table.Of("orders").Count);

        _time.Advance(TimeSpan.FromMinutes(1));
        Report("late", "a");

        Assert.Equal(["late"], _table.Of("orders").Select(static finding => finding.Caller));
    }

    [Fact]
    public void The_limit_of_all_callers_holds_over_all_services()
    {
        for (var i = 0; i < FindingTable.MaxCallers + 100; i++)
            _table.Report($"s{i / 100}", $"c{i}", "r", [new FindingDocument { Instance = "a", Reason = "silent" }], TimeSpan.Zero);

        Assert.Equal(FindingTable.MaxCallers, _table.Callers);
    }

    private void Report(string caller, params string[] instances) => _table.Report(
        "orders", caller, "10.0.0.1:5", [.. instances.Select(static id => new FindingDocument { Instance = id, Reason = "failures" })], TimeSpan.FromSeconds(10));
}
