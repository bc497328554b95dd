using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rollcall.Node.Checks;
using Rollcall.Node.Telemetry;
using Rollcall.Registry;
using Rollcall.Registry.Checks;
using Rollcall.Registry.Engine;

namespace Rollcall.Node;

/// <summary>Owns the registry of a node: opens it before the server starts, closes it after the server has stopped.</summary>
internal sealed partial class NodeLifetime(
    ILoggerFactory loggers, IMeterFactory meters, MetricsCollector collector, IHostApplicationLifetime host, IServer server) : IHostedService, IAsyncDisposable
{
    private readonly ILogger _logger = loggers.CreateLogger("Rollcall.Node");
    private HttpProbe? _http;
    private ServiceRegistry? _registry;

    /// <summary>The registry; there is one once <see cref="OpenAsync"/> has returned.</summary>
    public ServiceRegistry Registry => _registry ?? throw new InvalidOperationException("The registry is not open yet.");

    /// <summary>Opens the registry.</summary>
    public async Task OpenAsync(RegistryOptions options, NodeEnvironment environment, CancellationToken cancellationToken)
    {
        _ = collector; // listens from before the first instrument measures
        var began = environment.Time.GetTimestamp();
        _http = new HttpProbe(environment.Time);
        var probes = new Dictionary<CheckKind, ICheckProbe> { [CheckKind.Http] = _http, [CheckKind.Tcp] = new TcpProbe(environment.Time) };
        _registry = await ServiceRegistry.OpenAsync(
            options, probes, new RegistryEnvironment(environment.Time, environment.Random(), loggers, meters), cancellationToken);
        var took = environment.Time.GetElapsedTime(began);
        host.ApplicationStarted.Register(() => LogStarted(took));
        // Drains that wait would hold up the end of their requests.
        host.ApplicationStopping.Register(_registry.BeginStop);
    }

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => DisposeAsync().AsTask();

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_registry is not null)
            await _registry.DisposeAsync();
        _http?.Dispose();
    }

    private static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    private void LogStarted(TimeSpan took)
    {
        var journal = Registry.Journal;
        var services = Registry.Catalog.Services;
        LogListening(
            string.Join(", ", server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []),
            journal.Directory ?? "memory only, a restart begins empty",
            journal.Durability,
            Count(services.Sum(static service => service.Instances.Length), "instance"),
            Count(services.Count, "service"),
            (long)took.TotalMilliseconds);
    }
}
