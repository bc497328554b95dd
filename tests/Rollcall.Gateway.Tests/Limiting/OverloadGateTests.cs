using Rollcall.Gateway.Limiting;
using Rollcall.TestKit;

namespace Rollcall.Gateway.Tests.Limiting;

public sealed class OverloadGateTests
{
    [Fact]
    public async Task EnterAsync_Full_RefusesAtOnce()
    {
        using var gate = new OverloadGate(new(2, 0, TimeSpan.FromSeconds(1)), new VirtualTime());
        Assert.True(await gate.EnterAsync(default));
        Assert.True(await gate.EnterAsync(default));

        var third = gate.EnterAsync(default);

        Assert.True(third.IsCompleted);
        Assert.False(await third);
        Assert.Equal((2, 1L), (gate.UnderWay, gate.Refused));
        gate.Leave();
        Assert.True(await gate.EnterAsync(default));
    }

    [Fact]
    public async Task EnterAsync_FullWithAQueue_WaitsInOrderAndForNoLongerThanAllowed()
    {
        var time = new VirtualTime();
        using var gate = new OverloadGate(new(1, 2, TimeSpan.FromSeconds(1)), time);
        Assert.True(await gate.EnterAsync(default));
        var first = gate.EnterAsync(default).AsTask();
        var second = gate.EnterAsync(default).AsTask();
        Assert.False(await gate.EnterAsync(default));

        gate.Leave();
        Assert.True(await Eventually.Within(first));
        Assert.False(second.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.False(await Eventually.Within(second));
        Assert.Equal(0, gate.Waiting);
        gate.Leave();
        Assert.True(await gate.EnterAsync(default));
    }

    [Fact]
    public async Task EnterAsync_TheClientLeaves_IsCancelledAndTakesNoPlace()
    {
        using var gate = new OverloadGate(new(1, 1, TimeSpan.FromSeconds(1)), new VirtualTime());
        Assert.True(await gate.EnterAsync(default));
        using var client = new CancellationTokenSource();
        var waiting = gate.EnterAsync(client.Token).AsTask();

        await client.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(waiting));
        gate.Leave();
        Assert.Equal((0, 0), (gate.UnderWay, gate.Waiting));
    }

    [Fact]
    public void TryEnter_ARouteThatIsFull_RefusesAtOnce()
    {
        var limit = new ConcurrencyLimit(2);

        Assert.True(limit.TryEnter());
        Assert.True(limit.TryEnter());
        Assert.False(limit.TryEnter());
        limit.Leave();
        Assert.True(limit.TryEnter());
        Assert.Equal(2, limit.UnderWay);
    }
}
