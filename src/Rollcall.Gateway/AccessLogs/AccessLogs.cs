using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rollcall.Gateway.Configuration;

namespace Rollcall.Gateway.AccessLogs;

/// <summary>The access log in use, which changes when the configuration says so. Ends after the last request.</summary>
internal sealed class AccessLogs(TimeProvider time, ILogger<AccessLog> logger) : IHostedService
{
    // Apart from the time that requests have to end, which may be used up when it is the log's turn.
    private static readonly TimeSpan FinishWithin = TimeSpan.FromSeconds(2);

    private readonly List<Task> _ending = [];
    private AccessLog? _current;
    private long _dropped;

    /// <summary>Requests that were not written down, because too many waited or because they could not be written.</summary>
    public long Dropped => Interlocked.Read(ref _dropped) + (Current?.Dropped ?? 0);

    /// <summary>Null when nothing is written down.</summary>
    public AccessLog? Current => Volatile.Read(ref _current);

    /// <summary>Writes a request down, in the log that was in use when it began, or the one that has followed it.</summary>
    public void Write(AccessLog log, AccessRecord record)
    {
        if (!log.TryWrite(record))
            (Current ?? log).Write(record);
    }

    /// <summary>Follows a configuration. One caller at a time.</summary>
    public void Use(AccessLogConfig? config)
    {
        var before = _current;
        if (before is not null && string.Equals(before.File, config?.File, StringComparison.Ordinal))
        {
            before.Format = config!.Format;
            return;
        }

        Volatile.Write(ref _current, config is null ? null : new AccessLog(config.File, time, logger) { Format = config.Format });
        _ending.RemoveAll(static task => task.IsCompleted);
        if (before is not null)
            _ending.Add(EndAsync(before));
    }

    private async Task EndAsync(AccessLog log)
    {
        await log.DisposeAsync();
        Interlocked.Add(ref _dropped, log.Dropped);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Use(null);
        try
        {
            await Task.WhenAll(_ending).WaitAsync(FinishWithin, time, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            Log.NotFinished(logger, FinishWithin);
        }
    }
}
