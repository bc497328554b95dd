using Rollcall.Gossip.Protocol;

namespace Rollcall.Gossip.Tests.Protocol;

public sealed class ScalingTests
{
    [Theory]
    [InlineData("lan", 1, 4, 24)]
    [InlineData("lan", 10, 4, 24)]
    [InlineData("lan", 30, 5.908, 35.448)]
    [InlineData("lan", 50, 6.792, 40.752)]
    [InlineData("lan", 100, 8, 48)]
    [InlineData("lan", 1000, 12, 72)]
    [InlineData("wan", 1, 30, 180)]
    [InlineData("wan", 30, 44.31, 265.86)]
    [InlineData("wan", 50, 50.94, 305.64)]
    [InlineData("wan", 1000, 90, 540)]
    [InlineData("local", 10, 3, 18)]
    [InlineData("local", 30, 4.431, 26.586)]
    [InlineData("local", 50, 5.094, 30.564)]
    [InlineData("local", 100, 6, 36)]
    public void SuspicionMin_is_the_table_of_6_5(string preset, int n, double min, double max)
    {
        var settings = Preset(preset);
        var least = Scaling.SuspicionMin(settings.SuspicionMult, n, settings.ProbeInterval.Ticks);
        Assert.Equal(TimeSpan.FromSeconds(min).Ticks, least);
        Assert.Equal(TimeSpan.FromSeconds(max).Ticks, least * settings.SuspicionMaxTimeoutMult);
    }

    [Theory]
    [InlineData(0, 3, 0, 30)]
    [InlineData(1, 3, 2, 14)]
    [InlineData(2, 3, 3, 4.81)]
    [InlineData(3, 3, 4, -2)]
    [InlineData(5, 3, 10, -8)]
    public void SuspicionTotal_shrinks_as_in_6_5(int confirmations, int expected, double elapsed, double remaining)
    {
        var total = Scaling.SuspicionTotal(confirmations, expected, TimeSpan.FromSeconds(2).Ticks, TimeSpan.FromSeconds(30).Ticks);
        Assert.Equal(remaining, TimeSpan.FromTicks(total).TotalSeconds - elapsed, 0.0101);
    }

    [Theory]
    [InlineData(0, 24)]
    [InlineData(1, 11.381)]
    [InlineData(2, 4)]
    public void SuspicionTotal_of_a_small_LAN(int confirmations, double total) => Assert.Equal(
        TimeSpan.FromSeconds(total).Ticks,
        Scaling.SuspicionTotal(confirmations, 2, TimeSpan.FromSeconds(4).Ticks, TimeSpan.FromSeconds(24).Ticks));

    [Fact]
    public void SuspicionTotal_without_expected_confirmations_is_the_least() => Assert.Equal(5, Scaling.SuspicionTotal(0, 0, 5, 30));

    [Theory]
    [InlineData(4, 10, 2)]
    [InlineData(4, 4, 2)]
    [InlineData(4, 3, 0)]
    [InlineData(3, 3, 1)]
    [InlineData(3, 2, 0)]
    [InlineData(2, 50, 0)]
    [InlineData(1, 50, 0)]
    public void ExpectedConfirmations_are_none_where_too_few_could_give_them(int mult, int n, int expected) => Assert.Equal(expected, Scaling.ExpectedConfirmations(mult, n));

    [Theory]
    [InlineData(4, 0, 0)]
    [InlineData(4, 1, 4)]
    [InlineData(4, 9, 4)]
    [InlineData(4, 10, 8)]
    [InlineData(4, 99, 8)]
    [InlineData(4, 100, 12)]
    [InlineData(4, 999, 12)]
    [InlineData(4, 1000, 16)]
    [InlineData(4, 9999, 16)]
    [InlineData(2, 9, 2)]
    public void S36_RetransmitLimit_at_the_listed_points(int mult, int n, int limit) => Assert.Equal(limit, Scaling.RetransmitLimit(mult, n));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(32, 1)]
    [InlineData(33, 2)]
    [InlineData(64, 2)]
    [InlineData(65, 3)]
    [InlineData(128, 3)]
    [InlineData(129, 4)]
    [InlineData(256, 4)]
    [InlineData(1000, 6)]
    [InlineData(10000, 10)]
    public void S36_PushPullInterval_at_the_listed_points(int n, int times) => Assert.Equal(times * 30L, Scaling.PushPullInterval(30, n));

    [Fact]
    public void Awareness_is_the_sequence_of_6_4()
    {
        var awareness = new Awareness(8);
        int[] deltas = [0, -1, -10, 1, -1, 10, -1];
        var seen = deltas.Select(delta =>
        {
            awareness.Apply(delta);
            return (awareness.Score, awareness.Scale(1));
        });
        Assert.Equal([(0, 1L), (0, 1L), (0, 1L), (1, 2L), (0, 1L), (7, 8L), (6, 7L)], seen);
    }

    private static ProtocolSettings Preset(string name) => name switch
    {
        "lan" => ProtocolSettings.Lan,
        "wan" => ProtocolSettings.Wan,
        _ => ProtocolSettings.Local,
    };
}
