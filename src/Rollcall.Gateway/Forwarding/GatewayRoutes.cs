using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Rollcall.Gateway.AccessLogs;
using Rollcall.Gateway.Certificates;
using Rollcall.Gateway.Configuration;
using Yarp.ReverseProxy.Configuration;

namespace Rollcall.Gateway.Forwarding;

/// <summary>The routes in force, and how others come into force: checked as a whole first, then at once.</summary>
internal sealed class GatewayRoutes(
    ConfigVocabulary vocabulary, IConfigValidator validator, ModelBuilder builder, YarpConfigProvider yarp, ServerSettings server, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly Retirement _retired = new(time);
    private GatewayModel? _current;

    /// <summary>What is in force; only after the first <see cref="LoadAsync"/>.</summary>
    public GatewayModel Current => Volatile.Read(ref _current)!;

    /// <summary>Puts the routes of a file into force.</summary>
    /// <param name="file">Its name, for errors.</param>
    /// <param name="text">What it says.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RoutesFileException">It cannot be used; what was in force still is.</exception>
    public async Task LoadAsync(string file, byte[] text, CancellationToken cancellationToken)
    {
        var (config, shown) = await CheckAsync(file, text);
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            await PutIntoForceAsync(config, cancellationToken);
            server.Use(config, shown);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Reads a document and changes nothing.</summary>
    /// <exception cref="RoutesFileException">It cannot be used.</exception>
    public async Task<(GatewayConfig Config, CertificateSet Certificates)> CheckAsync(string file, byte[] text)
    {
        var config = RoutesFile.Parse(file, text, vocabulary);
        var errors = new List<ConfigError>();

        // What only YARP knows to be wrong: chiefly transforms.
        foreach (var route in config.Routes)
        {
            foreach (var error in await validator.ValidateRouteAsync(YarpConfig.RouteOf(route, index: 0)))
                errors.Add(new(route.TransformsPlace.Line, route.TransformsPlace.Column, $"route '{route.Name}': {error.Message.TrimEnd('.')}"));
        }

        if (AccessLogFile.ProblemOf(config.AccessLog) is { } problem)
            errors.Add(problem);
        var shown = CertificateSet.Load(config.Certificates, errors);
        if (config.Certificates.IsEmpty && server.EncryptedUrl is { } url)
            errors.Add(new(1, 1, $"there are no 'certificates', but the gateway listens on {url}; name at least one, with 'file' and 'key'"));
        return errors.Count == 0 ? (config, shown) : throw new RoutesFileException(file, [.. errors.OrderBy(static error => error.Line)]);
    }

    /// <summary>Gives each of YARP's endpoints what runs behind it.</summary>
    public void Attach(IEndpointConventionBuilder endpoint, RouteConfig route)
    {
        var running = Current.Find(route.RouteId) ?? throw new InvalidOperationException($"There is no route '{route.RouteId}'.");
        var place = new RoutePlace(Current.Routes.IndexOf(running));
        endpoint.Add(item =>
        {
            item.Metadata.Add(running);
            item.Metadata.Add(place);
        });
    }

    public Task AnswerUnmatchedAsync(HttpContext context) =>
        Failures.WriteAsync(
            context, Current.Config.UnmatchedStatus ?? StatusCodes.Status404NotFound, "no-such-route", "No route takes this request", "No route takes this host, path, method and headers.");

    /// <summary>A request whose path has routes, but none for its method. Routing has written down which there are.</summary>
    public async Task AnswerMethodAsync(HttpContext context, RequestDelegate routing)
    {
        await routing(context);
        if (Current.Config.UnmatchedStatus is null)
            await Failures.WriteAsync(context, context.Response.StatusCode, "method-not-allowed", "No route takes this method", $"The routes of this path take: {context.Response.Headers.Allow}.");
        else
            await AnswerUnmatchedAsync(context);
    }

    public void Dispose()
    {
        _retired.Dispose();
        foreach (var route in _current?.Routes ?? [])
            route.Mirror?.Dispose();
        foreach (var cluster in _current?.Clusters.Values ?? [])
            cluster.Dispose();
        builder.Dispose();
        _oneAtATime.Dispose();
    }

    private async Task PutIntoForceAsync(GatewayConfig config, CancellationToken cancellationToken)
    {
        var before = Volatile.Read(ref _current);
        var model = builder.Build(config, before);

        // Before YARP makes its endpoints, which take from it what runs behind them.
        Volatile.Write(ref _current, model);
        if (before is null)
        {
            yarp.Start(YarpConfig.Of(config));
            return;
        }

        try
        {
            await yarp.ReplaceAsync(YarpConfig.Of(config), cancellationToken);
        }
        catch
        {
            Volatile.Write(ref _current, before);
            Retire(model, before);
            throw;
        }

        Retire(before, model);
    }

    private void Retire(GatewayModel old, GatewayModel kept)
    {
        foreach (var (name, cluster) in old.Clusters)
        {
            if (!kept.Clusters.TryGetValue(name, out var other) || !ReferenceEquals(cluster, other))
                _retired.Add(cluster);
        }

        foreach (var route in old.Routes)
        {
            if (route.Mirror is { } mirror && !ReferenceEquals(kept.Find(route.Name)?.Mirror, mirror))
                _retired.Add(mirror);
        }

        foreach (var transport in builder.TakeUnused(kept))
            _retired.Add(transport);
    }
}
