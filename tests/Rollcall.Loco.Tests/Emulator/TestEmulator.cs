using System.Net.Sockets;
using Loco.Emulator;
using Loco.Emulator.Rfb;
using Loco.Emulator.Screen;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Rollcall.TestKit;

namespace Rollcall.Loco.Tests.Emulator;

/// <summary>An emulator in this process, on ports of its own and a clock that stands still.</summary>
internal sealed class TestEmulator : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestEmulator(WebApplication app, VirtualTime time, TaskCompletionSource killed) => (_app, Time, Killed) = (app, time, killed.Task);

    public VirtualTime Time { get; }

    /// <summary>Completes when the kill switch was thrown.</summary>
    public Task Killed { get; }

    public HttpClient Http { get; private set; } = null!;

    public int VncPort => _app.Services.GetRequiredService<RfbServer>().EndPoint.Port;

    public Machine Machine => _app.Services.GetRequiredService<Machine>();

    /// <summary>Starts one that has booted, unless told otherwise.</summary>
    public static async Task<TestEmulator> StartAsync(Func<EmulatorOptions, EmulatorOptions>? configure = null)
    {
        var options = new EmulatorOptions { VncPort = 0, HealthPort = 0, Boot = TimeSpan.Zero, Width = 100, Height = 80, Name = "win98-3" };
        options = configure?.Invoke(options) ?? options;
        var time = new VirtualTime();
        var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var app = EmulatorHost.Build(options, time, killed.SetResult);
        await app.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.True(() => time.PendingTimers > 0); // the first frame is drawn, and the next one is due
        return new TestEmulator(app, time, killed) { Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) } };
    }

    /// <summary>A viewer that is connected and has said nothing.</summary>
    public async Task<RfbClient> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", VncPort, TestContext.Current.CancellationToken);
        return new RfbClient(new NetworkStream(socket, ownsSocket: true));
    }

    /// <summary>A viewer that has been let in.</summary>
    public async Task<RfbClient> EnterAsync()
    {
        var viewer = await ConnectAsync();
        await viewer.EnterAsync();
        return viewer;
    }

    /// <summary>Lets the machine draw some frames, and waits for each.</summary>
    public async Task DrawAsync(int frames)
    {
        for (var i = 0; i < frames; i++)
        {
            var drawn = _app.Services.GetRequiredService<Framebuffer>().NextChange;
            Time.Advance(TimeSpan.FromSeconds(1.0 / 30) + TimeSpan.FromTicks(1));
            await Eventually.Within(drawn);
        }
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}
