using System.Net;
using System.Text.Json.Nodes;
using Loco.Emulator;
using Rollcall.TestKit;

namespace Rollcall.Loco.Tests.Emulator;

public sealed class HealthTests
{
    [Fact]
    public async Task While_it_boots_it_is_not_ready_and_says_so()
    {
        await using var emulator = await TestEmulator.StartAsync(static options => options with { Boot = TimeSpan.FromSeconds(3) });
        emulator.Time.Advance(TimeSpan.FromSeconds(2.9));
        var (code, health) = await HealthAsync(emulator);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "booting", false, 2), (code, (string?)health["status"], (bool)health["ready"]!, (int)health["uptimeSeconds"]!));
        Assert.Null(health["quality"]);
        emulator.Time.Advance(TimeSpan.FromSeconds(0.1));
        (code, health) = await HealthAsync(emulator);
        Assert.Equal((HttpStatusCode.OK, "ok", true, 3), (code, (string?)health["status"], (bool)health["ready"]!, (int)health["uptimeSeconds"]!));
    }

    [Theory]
    [InlineData(30, null, 30)]
    [InlineData(30, 12, 12)]
    public async Task Frames_are_counted_as_they_are_drawn(int wanted, int? drawn, double expected)
    {
        await using var emulator = await TestEmulator.StartAsync(options => options with { FrameRate = wanted, DrawRate = drawn });
        var quality = new QualityDocument(0, 0, 0, 0, 0);
        await emulator.Time.AdvanceUntilAsync(() => Math.Abs((quality = emulator.Machine.Health().Quality!).FrameRate - expected) < 1, TimeSpan.FromSeconds(1.0 / 120), TimeSpan.FromMinutes(1));
        Assert.Equal((wanted, 0d, 0), (quality.TargetFrameRate, quality.PacketLossPercent, quality.Viewers));
    }

    [Fact]
    public void A_machine_that_draws_nothing_has_no_frame_rate()
    {
        var time = new VirtualTime();
        var machine = new Machine(new EmulatorOptions { Boot = TimeSpan.Zero }, time);
        for (var i = 0; i < 10; i++, time.Advance(TimeSpan.FromMilliseconds(100)))
            machine.Drew();
        Assert.Equal(10, machine.Health().Quality!.FrameRate);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, machine.Health().Quality!.FrameRate);
    }

    [Fact]
    public async Task Viewers_and_what_they_wait_are_in_it()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await using (var viewer = await emulator.EnterAsync())
        {
            emulator.Time.Advance(TimeSpan.FromMilliseconds(7)); // since the frame was drawn
            await viewer.AskAsync(incremental: false);
            await viewer.UpdateAsync();
            await Eventually.True(() => emulator.Machine.Health().Quality! is { Viewers: 1, LatencyMs: 7 });
        }

        await Eventually.True(() => emulator.Machine.Health().Quality! is { Viewers: 0, LatencyMs: 0 });
    }

    [Fact]
    public async Task The_kill_switch_answers_and_kills()
    {
        await using var emulator = await TestEmulator.StartAsync();
        using (var refused = await emulator.Http.GetAsync(new Uri("kill", UriKind.Relative), TestContext.Current.CancellationToken))
            Assert.Equal(HttpStatusCode.MethodNotAllowed, refused.StatusCode);
        Assert.False(emulator.Killed.IsCompleted);
        using var answer = await emulator.Http.PostAsync(new Uri("kill", UriKind.Relative), null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await Eventually.Within(emulator.Killed);
    }

    private static async Task<(HttpStatusCode Code, JsonNode Health)> HealthAsync(TestEmulator emulator)
    {
        using var answer = await emulator.Http.GetAsync(new Uri("health", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!);
    }
}
