namespace Rollcall.Tests.Health;

public sealed class EndpointTrafficTests
{
    private readonly EndpointTraffic _traffic = new();

    [Fact]
    public void Look_TellsWhatHappenedSinceTheLast()
    {
        for (var i = 0; i < 10; i++)
            _traffic.Succeeded(TimeSpan.FromMilliseconds(3));
        _traffic.Failed(isGatewayError: false);

        var first = _traffic.Look();
        _traffic.Failed(isGatewayError: false);

        Assert.Equal((10, 1), (first.Successes, first.Failures));
        Assert.Equal((0, 1), (_traffic.Look().Successes, _traffic.LastWindow.Failures));
        Assert.Equal(TimeSpan.Zero, _traffic.LastWindow.Latency);
        Assert.Equal(0, _traffic.Look().Requests);
    }

    [Fact]
    public void Failed_CountsTheRow_WhichASuccessEnds()
    {
        Assert.Equal((1, 1), _traffic.Failed(isGatewayError: true));
        Assert.Equal((2, 2), _traffic.Failed(isGatewayError: true));
        Assert.Equal((3, 0), _traffic.Failed(isGatewayError: false));
        Assert.Equal((4, 1), _traffic.Failed(isGatewayError: true));
        _traffic.Succeeded(TimeSpan.Zero);
        Assert.Equal((1, 1), _traffic.Failed(isGatewayError: true));
    }

    [Fact]
    public void Latency_IsTheMedianWithinAQuarter()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var scale = Math.Pow(10, random.Next(-4, 2));
            var samples = Enumerable.Range(0, (2 * random.Next(10, 200)) + 1).Select(_ => TimeSpan.FromSeconds(scale * (0.3 + random.NextDouble()))).ToArray();
            foreach (var sample in samples)
                _traffic.Succeeded(sample);

            var exact = samples.Order().ElementAt(samples.Length / 2);
            var found = _traffic.Look().Latency;

            Assert.True(found >= exact * 0.75 && found <= exact * 1.25, $"seed {seed}: {found}, not {exact}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(1)]
    [InlineData(long.MaxValue)]
    public void Latency_AtTheEndsOfTheScale_IsTaken(long ticks)
    {
        _traffic.Succeeded(TimeSpan.FromTicks(ticks));

        Assert.Equal(1, _traffic.Look().Successes);
    }
}
