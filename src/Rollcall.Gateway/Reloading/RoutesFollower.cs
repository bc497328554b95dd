using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rollcall.Gateway.Forwarding;
using Rollcall.Sources;

namespace Rollcall.Gateway.Reloading;

/// <summary>Reads the routes file again when it changes. One that is wrong is refused as a whole, and what was in force stays.</summary>
internal sealed partial class RoutesFollower(GatewayRoutes routes, TimeProvider time, ILogger<RoutesFollower> logger) : BackgroundService
{
    /// <summary>How often a file that was refused is tried again, and the files are looked at that clusters name.</summary>
    public static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(5);

    // What was read first must not come into force last.
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private string _file = "";
    private byte[] _seen = [];

    /// <summary>What became of the newest file.</summary>
    public ReloadResult? Last { get; private set; }

    /// <summary>Reads the file for the first time.</summary>
    /// <exception cref="Configuration.RoutesFileException">It cannot be used.</exception>
    public async Task StartWithAsync(string file, CancellationToken cancellationToken)
    {
        _file = Path.GetFullPath(file);
        _seen = await ReadAsync(file, cancellationToken);
        await routes.LoadAsync(file, _seen, cancellationToken);
        Last = new(time.GetUtcNow(), null, time.GetUtcNow());
    }

    /// <summary>Reads the file and puts it into force when it is another than before and right.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var text = await ReadAsync(_file, cancellationToken);
            if (text.AsSpan().SequenceEqual(_seen) && Last!.Error is null && !Clusters.Any(static cluster => cluster.Tls is { IsOutdated: true }))
                return;
            _seen = text;
            await routes.LoadAsync(_file, text, cancellationToken);
            Last = new(time.GetUtcNow(), null, time.GetUtcNow());
            Log.Reloaded(logger, _file, routes.Current.Routes.Length, routes.Current.Clusters.Count);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            var isNew = !string.Equals(error.Message, Last!.Error, StringComparison.Ordinal);
            Last = Last with { At = time.GetUtcNow(), Error = error.Message };
            if (isNew)
                Log.Refused(logger, error.Message);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private IEnumerable<Configuration.GatewayClusterConfig> Clusters => routes.Current.Clusters.Values.Select(static cluster => cluster.Config);

    public override void Dispose()
    {
        _oneAtATime.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var options = new FileSourceOptions();
        using var changes = new FileChanges(_file, options, time);
        try
        {
            while (true)
            {
                var touched = changes.Touched;
                var stamp = FileStamp.Of(_file);
                await ReloadAsync(stoppingToken);
                await WaitAsync(changes, touched, stamp, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The gateway stops.
        }
    }

    private async Task WaitAsync(FileChanges changes, Task touched, FileStamp? stamp, CancellationToken stoppingToken)
    {
        if (Last!.Error is null && !Clusters.Any(static cluster => cluster.Tls is not null))
        {
            await changes.WaitAsync(touched, stamp, stoppingToken);
            return;
        }

        // What it was refused for may be no fault of its own, such as a certificate that is not written yet; and those of clusters are renewed without a word in this file.
        using var again = new CancellationTokenSource(TryAgain, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(again.Token, stoppingToken);
        try
        {
            await changes.WaitAsync(touched, stamp, either.Token);
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            // It is time to look again.
        }
    }

    private static Task<byte[]> ReadAsync(string file, CancellationToken cancellationToken) => Configuration.RoutesFile.ReadAsync(file, cancellationToken);

    private static partial class Log
    {
        [LoggerMessage(7101, LogLevel.Information, "{File} is in force: {Routes} routes, {Clusters} clusters.")]
        public static partial void Reloaded(ILogger logger, string file, int routes, int clusters);

        [LoggerMessage(7102, LogLevel.Warning, "The routes have changed and are refused; those before stay in force. {Error}")]
        public static partial void Refused(ILogger logger, string error);
    }
}
