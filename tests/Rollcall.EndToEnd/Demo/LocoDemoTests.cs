using System.Text.RegularExpressions;

namespace Rollcall.EndToEnd.Demo;

/// <summary>The demo of the cluster of emulators: every change is shown, and it cleans up.</summary>
public sealed partial class LocoDemoTests
{
    [Fact]
    public async Task No_change_is_missed_and_no_process_is_left_behind()
    {
        using var demo = new DemoProcess("Loco.Demo");

        var code = await demo.EndAsync();

        TestContext.Current.TestOutputHelper?.WriteLine(demo.Text);
        Assert.True(code == 0, demo.Text);
        Assert.Contains(demo.Lines, static line => line.StartsWith("a node finds by kubernetes-endpointslices, live: Windows 98 - Game Server is ready on 127.0.", StringComparison.Ordinal));
        Assert.All(["1 → 3", "3 → 9", "9 → 1"], step => Assert.Contains(demo.Lines, line => line.StartsWith($"scale {step}: ", StringComparison.Ordinal)));
        Assert.Contains(demo.Lines, static line => line.StartsWith("/vnc/instance-2 greets with RFB 003.008 after ", StringComparison.Ordinal));
        Assert.Equal("0", SummaryLine().Match(demo.Lines[^1]).Groups["missed"].Value);
        Assert.Empty(demo.LeftBehind());
    }

    [Fact]
    public async Task Interrupted_it_leaves_no_process_behind()
    {
        using var demo = new DemoProcess("Loco.Demo");
        await demo.SeenAsync("a node finds by");

        demo.Interrupt();

        var code = await demo.EndAsync();
        Assert.True(code == 130, $"exit code {code}\n{demo.Text}");
        Assert.Empty(demo.LeftBehind());
    }

    [GeneratedRegex(@"^Summary: \d+ changes, (?<missed>\d+) missed; ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SummaryLine();
}
