using Microsoft.Extensions.Options;
using Rollcall;

namespace Loco.Viewer;

/// <summary>Puts the viewer together.</summary>
internal static class ViewerHost
{
    /// <summary>The service whose instances are shown, by its name in <c>Rollcall:Services</c>; also the pool's, whose options are in <c>Rollcall:Pools:emulators</c>.</summary>
    public const string Service = "emulators";

    /// <summary>The port of an instance on which its picture is.</summary>
    public const string Port = "vnc";

    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        if (builder.Configuration["urls"] is null)
            builder.WebHost.UseUrls("http://127.0.0.1:7690");
        builder.Services.ConfigureHttpJsonOptions(static json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ViewerJson.Default));
        builder.Services.AddOptions<ViewerOptions>().BindConfiguration("Viewer").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IBalancer, InstanceBalancer>();
        builder.Services.AddRollcall().AddRollcallKubernetes();
        builder.Services.AddRollcallPool(Service, WaitingEmulator.Lifecycle, static pool => (pool.Port, pool.Balancer) = (Port, InstanceBalancer.PolicyName));
        builder.Services.AddSingleton(static services => new Seats(
            services.GetRequiredService<IOptions<ViewerOptions>>().Value.MaxViewers, services.GetRequiredService<IOptions<ViewerOptions>>().Value.MaxViewersPerEmulator));
        builder.Services.AddSingleton<VncRoute>();
        var app = builder.Build();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(15), KeepAliveTimeout = TimeSpan.FromSeconds(15) });
        app.Map("/vnc/{**id}", static (HttpContext context, string id, VncRoute route) => route.AnswerAsync(context, id));
        app.MapGet("/instances", static async (VncRoute route, CancellationToken cancellationToken) =>
            TypedResults.Json(await route.ListAsync(cancellationToken), ViewerJson.Default.IReadOnlyListEmulatorDocument));
        app.MapGet("/healthz", static () => TypedResults.Ok());
        return app;
    }
}
