using Rollcall.Node.Live;

namespace Rollcall.Node.Tests.Live;

public sealed class HealthScoreTests
{
    private static readonly HealthWeights Weights = new();

    [Theory]
    [InlineData(EndpointState.Ready, 100)]
    [InlineData(EndpointState.Draining, 50)]
    [InlineData(EndpointState.NotReady, 0)]
    public void Alone_the_state_is_the_score(EndpointState state, int expected) => Assert.Equal(expected, HealthScore.Of(state, null, null, [], 0, Weights).Score);

    [Fact]
    public void Every_part_is_told_with_its_reasons()
    {
        var reading = HealthReading.Of(DateTimeOffset.UnixEpoch, 200, """{"quality":{"frameRate":15,"latencyMs":275,"packetLossPercent":0}}"""u8);

        var (score, parts) = HealthScore.Of(EndpointState.Ready, null, reading, ["checkout avoids it: latency"], 4, Weights);

        Assert.Equal(["readiness 100", "application 100", "quality 67", "callers 75"], parts.Select(static part => $"{part.Name} {part.Score}"));
        Assert.Equal(["frame rate 15 of 30", "latency 275 ms"], parts[2].Reasons);
        Assert.Equal(((40 * 100) + (30 * 100) + (20 * 67) + (10 * 75)) / 100, score);
    }

    [Fact]
    public void Whatever_else_is_well_one_that_is_not_ready_has_a_low_score()
    {
        var reading = HealthReading.Of(DateTimeOffset.UnixEpoch, 200, "{}"u8);

        Assert.Equal(25, HealthScore.Of(EndpointState.NotReady, "booting", reading, [], 0, Weights).Score);
    }

    [Theory]
    [InlineData(503, "{\"status\":\"booting\"}", "it answers 503", false)]
    [InlineData(200, "not json", null, false)]
    [InlineData(200, "[1,2]", null, false)]
    [InlineData(200, "{\"frameRate\":-1,\"latency\":\"much\",\"packetLoss\":1e300}", null, false)]
    [InlineData(200, "{\"\\ud800aaaaaaaaaaaaaaaaaaaaaaaa\":1}", null, false)]
    [InlineData(200, "{\"x\":\"\\ud800\"}", null, false)]
    [InlineData(200, "{\"bandwidth\":900}", null, true)]
    [InlineData(200, "{\"fps\":24,\"connectedViewers\":2}", null, true)]
    public void What_an_instance_says_is_read_as_far_as_it_makes_sense(int status, string body, string? problem, bool hasQuality)
    {
        var reading = HealthReading.Of(DateTimeOffset.UnixEpoch, status, System.Text.Encoding.UTF8.GetBytes(body));

        Assert.Equal((problem, hasQuality), (reading.Problem, reading.Quality is not null));
        Assert.NotNull(System.Text.Json.JsonSerializer.Serialize(reading));
    }

    [Theory]
    [InlineData(HealthReading.MaxDetails, true)]
    [InlineData(HealthReading.MaxDetails + 1, false)]
    public void An_answer_is_passed_on_up_to_its_limit_and_understood_beyond_it(int length, bool isKept)
    {
        const string start = "{\"fps\":24,\"filler\":\"";
        var body = start + new string('x', length - start.Length - 2) + "\"}";

        var reading = HealthReading.Of(DateTimeOffset.UnixEpoch, 200, System.Text.Encoding.UTF8.GetBytes(body));

        Assert.Equal((24d, isKept), (reading.Quality!.FrameRate, reading.Details is not null));
    }

    [Theory]
    [InlineData("{\"fps\":24,\"x\":[1]}", "{\"fps\":24,\"x\":[1]}", 59, true)]
    [InlineData("{\"fps\":24,\"x\":[1]}", "{\"fps\":24,\"x\":[1]}", 60, false)]
    [InlineData("{\"fps\":24,\"x\":[1]}", "{\"fps\":24,\"x\":[2]}", 1, false)]
    [InlineData("{\"fps\":24}", "{\"fps\":25}", 1, false)]
    [InlineData("{}", "none", 1, false)]
    [InlineData("none", "nothing", 1, true)]
    public void One_that_says_the_same_again_is_not_news_for_a_minute(string first, string second, int seconds, bool expected)
    {
        var before = HealthReading.Of(DateTimeOffset.UnixEpoch, 200, System.Text.Encoding.UTF8.GetBytes(first));
        var after = HealthReading.Of(DateTimeOffset.UnixEpoch.AddSeconds(seconds), 200, System.Text.Encoding.UTF8.GetBytes(second));

        Assert.Equal(expected, after.SaysTheSame(before));
    }
}
