using Rollcall.Http.Resilience;

namespace Rollcall.Tests.Http.Resilience;

public sealed class RequestGateTests
{
    [Fact]
    public void AtTheLimit_RefusesUntilOneLeaves()
    {
        var gate = new RequestGate(maxRequests: 2, maxQueue: 0);

        Assert.True(gate.TryEnter());
        Assert.True(gate.TryEnter());
        Assert.False(gate.TryEnter());
        Assert.False(gate.TryEnter());
        gate.Leave();
        Assert.True(gate.TryEnter());
        Assert.False(gate.TryEnter());
    }
}
