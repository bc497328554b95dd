using System.Diagnostics;
using Loco.Emulator.Rfb;
using Loco.Emulator.Screen;

namespace Loco.Emulator;

/// <summary>Puts an emulator together.</summary>
internal static class EmulatorHost
{
    /// <param name="options">How it runs.</param>
    /// <param name="time">All of its clocks.</param>
    /// <param name="kill">What its kill switch does.</param>
    public static WebApplication Build(EmulatorOptions options, TimeProvider time, Action kill)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(options.Address, options.HealthPort));
        builder.Services.ConfigureHttpJsonOptions(static json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, HealthJson.Default));
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton<Machine>();
        builder.Services.AddSingleton(new Framebuffer(options.Width, options.Height, time));
        builder.Services.AddHostedService<FrameLoop>();
        builder.Services.AddSingleton<RfbServer>();
        builder.Services.AddHostedService(static services => services.GetRequiredService<RfbServer>());
        var app = builder.Build();
        app.MapGet("/health", static (Machine machine) =>
        {
            var health = machine.Health();
            return TypedResults.Json(health, HealthJson.Default.HealthDocument, statusCode: health.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
        });
        app.MapPost("/kill", context =>
        {
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            context.Response.OnCompleted(() =>
            {
                kill();
                return Task.CompletedTask;
            });
            return Task.CompletedTask;
        });
        return app;
    }

    /// <summary>As when the power fails: nobody is told.</summary>
    public static void KillThisProcess()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
    }
}
