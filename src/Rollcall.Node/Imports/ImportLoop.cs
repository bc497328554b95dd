using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rollcall.Registry;
using Rollcall.Registry.Engine;
using Rollcall.Watching;

namespace Rollcall.Node.Imports;

/// <summary>Runs the imports of a node, and takes away at start what was imported by a configuration of before.</summary>
internal sealed partial class ImportLoop(NodeOptions options, NodeLifetime lifetime, ImportTable table, TimeProvider time, ILoggerFactory loggers, IDiscoverySource? source = null) : BackgroundService
{
    private const string NotConfigured = "not imported any more";

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly ILogger _logger = loggers.CreateLogger("Rollcall.Node.Imports");

    /// <inheritdoc />
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // Before the first request: a service must not be shown as one that was registered here.
        foreach (var import in options.Imports)
            table.Set(new ImportStatus(import, ServiceTarget.Parse(import.Target), Freshness.Stale("its source has not been asked yet"), null, []));
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var registry = lifetime.Registry;
        await RemoveForgottenAsync(registry, stoppingToken);
        if (source is null)
        {
            foreach (var import in options.Imports)
                table.Settle(import.Service);
            return;
        }

        // The node says what the source says; who takes it from the node doubts it where that is due.
        await using var resolver = new ServiceResolver(source, new WatchOptions { HoldDownTime = TimeSpan.Zero }, time, logger: loggers.CreateLogger<ServiceResolver>());
        await Task.WhenAll(options.Imports.Select(import => RunAsync(import, resolver, registry, stoppingToken)));
    }

    private async Task RunAsync(ImportOptions import, ServiceResolver resolver, ServiceRegistry registry, CancellationToken cancellationToken)
    {
        var service = new ServiceImport(import, resolver, registry, table, time, _logger);
        service.Begin();
        while (true)
        {
            try
            {
                await service.RunAsync(cancellationToken);
                return;
            }
            catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                // Whatever it was, one import must not end another, nor itself for good.
                LogFailed(_logger, import.Service, error);
                await Task.Delay(RetryAfter, time, cancellationToken);
            }
        }
    }

    private async Task RemoveForgottenAsync(ServiceRegistry registry, CancellationToken cancellationToken)
    {
        var imported = options.Imports.Select(static import => import.Service).ToHashSet(StringComparer.Ordinal);
        InstanceKey[] forgotten =
        [
            .. registry.Catalog.Services.Where(service => !imported.Contains(service.Service))
                .SelectMany(static service => service.Instances)
                .Where(static instance => instance.Origin is not null)
                .Select(static instance => instance.Key),
        ];
        if (forgotten.Length > 0)
            await registry.ImportAsync([], forgotten, NotConfigured, cancellationToken);
    }

    [LoggerMessage(4111, LogLevel.Error, "The import of {Service} failed and begins anew.")]
    private static partial void LogFailed(ILogger logger, string service, Exception error);
}
