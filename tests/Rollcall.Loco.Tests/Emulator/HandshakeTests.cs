using System.Text;

namespace Rollcall.Loco.Tests.Emulator;

public sealed class HandshakeTests
{
    [Theory]
    [InlineData("RFB 003.008\n")]
    [InlineData("RFB 003.007\n")]
    [InlineData("RFB 003.003\n")]
    [InlineData("RFB 003.889\n")] // Apple's
    [InlineData("RFB 003.005\n")] // of which the RFC says that it is 3.3
    public async Task Viewers_of_every_version_are_let_in(string version)
    {
        await using var emulator = await TestEmulator.StartAsync();
        await using var viewer = await emulator.ConnectAsync();
        await viewer.EnterAsync(version);
        Assert.Equal(("RFB 003.008\n", 100, 80, "win98-3"), (viewer.Greeting, viewer.Width, viewer.Height, viewer.Name));
        // 32 bits of which 24 count, little endian, true colour, 255 each, red at 16, green at 8, blue at 0.
        Assert.Equal([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0], viewer.Format);
    }

    [Fact]
    public async Task A_security_type_that_was_not_offered_is_refused_with_the_reason()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await using var viewer = await emulator.ConnectAsync();
        Assert.Equal("Only the security type None is offered.", await viewer.TryEnterAsync(security: 2));
        Assert.True(await viewer.IsClosedAsync());
    }

    [Theory]
    [InlineData("RFB 004.001\n")]
    [InlineData("GET / HTTP/1")]
    [InlineData("RFB 003.0x8\n")]
    public async Task What_is_no_viewer_is_disconnected(string version)
    {
        await using var emulator = await TestEmulator.StartAsync();
        await using var viewer = await emulator.ConnectAsync();
        await viewer.WriteAsync(Encoding.ASCII.GetBytes(version));
        await using var other = await emulator.EnterAsync(); // and nobody else is
        Assert.Equal(1, emulator.Machine.Viewers);
    }

    [Fact]
    public async Task Who_says_nothing_is_disconnected_in_the_end()
    {
        await using var emulator = await TestEmulator.StartAsync(static options => options with { HandshakeTimeout = TimeSpan.FromMinutes(10), FrameRate = 1 });
        await using var silent = await emulator.ConnectAsync();
        await using var warm = await emulator.ConnectAsync();
        await TestKit.Eventually.True(() => emulator.Time.PendingTimers >= 3); // two who are silent, and the next frame
        emulator.Time.Advance(TimeSpan.FromMinutes(9));
        await warm.EnterAsync(); // as a pool of viewers does
        emulator.Time.Advance(TimeSpan.FromMinutes(2));
        await warm.AskAsync(incremental: false);
        Assert.NotEmpty(await warm.UpdateAsync());
        await Assert.ThrowsAsync<EndOfStreamException>(() => silent.TryEnterAsync());
    }

    [Fact]
    public async Task More_viewers_than_allowed_are_refused_until_one_goes()
    {
        await using var emulator = await TestEmulator.StartAsync(static options => options with { MaxViewers = 1 });
        var first = await emulator.EnterAsync();
        await using (var second = await emulator.ConnectAsync())
            Assert.Equal("Too many viewers.", await second.TryEnterAsync());
        await first.DisposeAsync();
        await TestKit.Eventually.True(() => emulator.Machine.Viewers == 0);
        await using var third = await emulator.EnterAsync();
        Assert.Equal(1, emulator.Machine.Viewers);
    }
}
