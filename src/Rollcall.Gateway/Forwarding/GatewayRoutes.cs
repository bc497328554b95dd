using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Rollcall.Gateway.Configuration;
using Yarp.ReverseProxy.Configuration;

namespace Rollcall.Gateway.Forwarding;

/// <summary>The routes in force, and how others come into force: checked as a whole first, then at once.</summary>
internal sealed class GatewayRoutes(ConfigVocabulary vocabulary, IConfigValidator validator, ModelBuilder builder, YarpConfigProvider yarp)
{
    private GatewayModel? _current;

    /// <summary>What is in force; only after <see cref="LoadAsync"/>.</summary>
    public GatewayModel Current => Volatile.Read(ref _current)!;

    /// <summary>Reads a file and puts its routes into force.</summary>
    /// <exception cref="RoutesFileException">It cannot be used; what was in force still is.</exception>
    public async Task LoadAsync(string file, CancellationToken cancellationToken)
    {
        var config = await CheckAsync(file, cancellationToken);
        var before = Volatile.Read(ref _current);
        var model = builder.Build(config, before);
        Volatile.Write(ref _current, model);
        var next = YarpConfig.Of(config);
        if (before is null)
            yarp.Start(next);
        else
            await yarp.ReplaceAsync(next, cancellationToken);
    }

    /// <summary>Reads a file and changes nothing.</summary>
    /// <exception cref="RoutesFileException">It cannot be used.</exception>
    public async Task<GatewayConfig> CheckAsync(string file, CancellationToken cancellationToken)
    {
        var config = await RoutesFile.LoadAsync(file, vocabulary, cancellationToken);
        await CheckWithYarpAsync(file, config);
        return config;
    }

    /// <summary>Gives each of YARP's endpoints what runs behind it.</summary>
    public void Attach(IEndpointConventionBuilder endpoint, RouteConfig route)
    {
        var running = Current.Find(route.RouteId) ?? throw new InvalidOperationException($"There is no route '{route.RouteId}'.");
        endpoint.Add(item => item.Metadata.Add(running));
    }

    public Task AnswerUnmatchedAsync(HttpContext context) =>
        Failures.WriteAsync(context, Current.Config.UnmatchedStatus, "no-such-route", "No route takes this request", "No route takes this host, path, method and headers.");

    // What only YARP knows to be wrong: chiefly transforms.
    private async Task CheckWithYarpAsync(string file, GatewayConfig config)
    {
        var errors = ImmutableArray.CreateBuilder<ConfigError>();
        foreach (var route in config.Routes)
        {
            foreach (var error in await validator.ValidateRouteAsync(YarpConfig.RouteOf(route)))
                errors.Add(new(route.TransformsPlace.Line, route.TransformsPlace.Column, $"route '{route.Name}': {error.Message.TrimEnd('.')}"));
        }

        if (errors.Count > 0)
            throw new RoutesFileException(file, errors.DrainToImmutable());
    }
}
