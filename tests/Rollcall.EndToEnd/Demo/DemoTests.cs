using System.Globalization;
using System.Text.RegularExpressions;

namespace Rollcall.EndToEnd.Demo;

/// <summary>The demo is the promise of the README; here it is kept.</summary>
public sealed partial class DemoTests
{
    [Fact]
    public async Task No_request_fails_and_no_process_is_left_behind()
    {
        using var demo = new DemoProcess();

        var code = await demo.EndAsync();

        TestContext.Current.TestOutputHelper?.WriteLine(demo.Text);
        Assert.True(code == 0, demo.Text);
        var summary = SummaryLine().Match(demo.Lines.LastOrDefault(static line => line.StartsWith("Summary: ", StringComparison.Ordinal)) ?? "");
        Assert.True(summary.Success, demo.Text);
        Assert.InRange(int.Parse(summary.Groups["requests"].Value, CultureInfo.InvariantCulture), 1000, 100_000);
        Assert.Equal("0", summary.Groups["failures"].Value);
        Assert.All(
            ["orders-1 is killed", "orders-2 is told to stop", "orders-4 and orders-5 start", "orders-3 is frozen", "the node is killed"],
            act => Assert.Contains(demo.Lines, line => ActLine().IsMatch(line) && line.Contains(act, StringComparison.Ordinal)));
        Assert.Empty(demo.LeftBehind());
    }

    [Fact]
    public async Task Interrupted_it_leaves_no_process_behind()
    {
        using var demo = new DemoProcess();
        await demo.SeenAsync("start");

        demo.Interrupt();

        var code = await demo.EndAsync();
        Assert.True(code == 130, $"exit code {code}\n{demo.Text}");
        Assert.Empty(demo.LeftBehind());
    }

    // In the table of the summary: when, what, for how long it was wrong, what came of it.
    [GeneratedRegex(@"^ +\d+\.\d s  .* (–|none|[\d,]+ ms)   \w", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ActLine();

    [GeneratedRegex(@"^Summary: (?<requests>\d+) requests, (?<failures>\d+) failures, ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SummaryLine();
}
