using System.Net;
using Loco.Emulator;

namespace Rollcall.Loco.Tests.Emulator;

public sealed class EmulatorOptionsTests
{
    [Fact]
    public void Every_option_is_understood()
    {
        string[] arguments =
            ["--address", "127.0.1.7", "--vnc-port", "1", "--health-port", "2", "--boot", "500ms", "--size", "640x480", "--frame-rate", "25", "--draw-rate", "5", "--max-viewers", "3", "--name", "one"];
        Assert.True(EmulatorOptions.TryParse(arguments, "pod-1", out var options, out _));
        Assert.Equal(
            new EmulatorOptions
            {
                Address = IPAddress.Parse("127.0.1.7"), VncPort = 1, HealthPort = 2, Boot = TimeSpan.FromMilliseconds(500), Width = 640, Height = 480, FrameRate = 25, DrawRate = 5, MaxViewers = 3, Name = "one",
            },
            options);
    }

    [Theory]
    [InlineData("2s", 2)]
    [InlineData("1m", 60)]
    [InlineData("0s", 0)]
    public void Times_have_a_unit(string text, double seconds)
    {
        Assert.True(EmulatorOptions.TryParse(["--boot", text], null, out var options, out _));
        Assert.Equal((TimeSpan.FromSeconds(seconds), "emulator"), (options.Boot, options.Name));
    }

    [Theory]
    [InlineData("--boot", "3")]
    [InlineData("--boot", "-1s")]
    [InlineData("--vnc-port", "65536")]
    [InlineData("--size", "63x480")]
    [InlineData("--size", "640")]
    [InlineData("--frame-rate", "0")]
    [InlineData("--address", "here")]
    [InlineData("--what", "1")]
    public void What_makes_no_sense_is_named(string name, string value)
    {
        Assert.False(EmulatorOptions.TryParse([name, value], null, out _, out var error));
        Assert.Equal($"{name} {value} is not understood.", error);
    }

    [Fact]
    public void An_option_without_a_value_is_named()
    {
        Assert.False(EmulatorOptions.TryParse(["--boot", "1s", "--name"], null, out _, out var error));
        Assert.Equal("--name is not understood.", error);
    }

    [Fact]
    public void The_pod_gives_the_name()
    {
        Assert.True(EmulatorOptions.TryParse([], "loco-loco-emulator-3", out var options, out _));
        Assert.Equal("loco-loco-emulator-3", options.Name);
    }
}
