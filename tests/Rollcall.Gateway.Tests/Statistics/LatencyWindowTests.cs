using Rollcall.Gateway.Statistics;

namespace Rollcall.Gateway.Tests.Statistics;

public sealed class LatencyWindowTests
{
    [Fact]
    public void Read_AnyLatencies_IsWithinHalfAStepOfTheExactQuantiles()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 20; round++)
        {
            var window = new LatencyWindow();
            var all = new List<double>();
            var scale = Math.Pow(10, random.Next(1, 6));
            for (var i = 0; i < 3000; i++)
            {
                var micros = 40 + (-Math.Log(1 - random.NextDouble()) * scale);
                all.Add(micros);
                window.Count(TimeSpan.FromMicroseconds(micros), second: 100 + (uint)(i / 1000));
            }

            all.Sort();
            var summary = window.Read(102);
            Assert.Equal(3000, summary.Count);
            Near(all[1499], summary.Median);
            Near(all[2699], summary.P90);
            Near(all[2969], summary.P99);
        }

        static void Near(double exact, TimeSpan told) => Assert.InRange(told.TotalMicroseconds / exact, 0.93, 1.07);
    }

    [Fact]
    public void Read_AfterAMinute_HasForgotten()
    {
        var window = new LatencyWindow();
        window.Count(TimeSpan.FromSeconds(3), 5);
        window.Count(TimeSpan.FromMilliseconds(1), 30);

        Assert.Equal(2, window.Read(50).Count);
        Assert.Equal(1, window.Read(60).Count);
        Assert.Equal(0, window.Read(90).Count);
        window.Count(TimeSpan.FromMilliseconds(1), 75);
        Assert.Equal(2, window.Read(75).Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e9)]
    [InlineData(-5)]
    public void Count_BeyondTheScale_IsCountedAtItsEnd(double seconds)
    {
        var window = new LatencyWindow();
        window.Count(TimeSpan.FromSeconds(seconds), 1);

        Assert.Equal(1, window.Read(1).Count);
        Assert.InRange(window.Read(1).Median, TimeSpan.FromMicroseconds(16), TimeSpan.FromSeconds(140));
    }
}
