namespace Loco.Emulator.Screen;

/// <summary>Draws frame after frame.</summary>
internal sealed class FrameLoop(EmulatorOptions options, Machine machine, Framebuffer framebuffer, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var desktop = new Desktop(framebuffer.Area, options.Name);
        Draw(desktop, 0);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / (options.DrawRate ?? options.FrameRate)), time);
        try
        {
            for (var frame = 1L; await timer.WaitForNextTickAsync(stoppingToken); frame++)
                Draw(desktop, frame);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Switched off.
        }
    }

    private void Draw(Desktop desktop, long frame)
    {
        var booted = machine.Booted;
        framebuffer.Draw(fill => desktop.Draw(fill, booted, frame));
        machine.Drew();
    }
}
