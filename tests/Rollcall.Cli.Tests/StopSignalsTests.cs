using System.Runtime.InteropServices;
using Rollcall.TestKit;

namespace Rollcall.Cli.Tests;

public sealed class StopSignalsTests
{
    // `timeout` sends its signal to the process and to the group of processes, a closing terminal and its shell one each.
    [Fact]
    public async Task Two_of_one_cause_are_one_and_a_later_one_is_another()
    {
        var time = new VirtualTime();
        using var signals = new StopSignals(time);
        signals.Raise(PosixSignal.SIGTERM);
        time.Advance(TimeSpan.FromMilliseconds(199));
        signals.Raise(PosixSignal.SIGHUP);
        time.Advance(TimeSpan.FromMilliseconds(2));
        signals.Raise(PosixSignal.SIGINT);
        Assert.Equal(PosixSignal.SIGTERM, await Eventually.Within(signals.NextAsync(CancellationToken.None).AsTask()));
        Assert.Equal(PosixSignal.SIGINT, await Eventually.Within(signals.NextAsync(CancellationToken.None).AsTask()));
    }
}
