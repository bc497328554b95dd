using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rollcall.Gateway.Configuration;

namespace Rollcall.Gateway.AccessLogs;

/// <summary>The access log in use, which changes when the configuration says so. Ends after the last request.</summary>
internal sealed class AccessLogs(TimeProvider time, ILogger<AccessLog> logger) : IHostedService
{
    private readonly List<Task> _ending = [];
    private AccessLog? _current;

    /// <summary>Null when nothing is written down.</summary>
    public AccessLog? Current => Volatile.Read(ref _current);

    /// <summary>Follows a configuration. One caller at a time.</summary>
    public void Use(AccessLogConfig config)
    {
        var before = _current;
        if (string.Equals(before?.File, config.File, StringComparison.Ordinal))
            return;
        Volatile.Write(ref _current, config.File is { } file ? new AccessLog(file, time, logger) : null);
        _ending.RemoveAll(static task => task.IsCompleted);
        if (before is not null)
            _ending.Add(before.DisposeAsync().AsTask());
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Use(new AccessLogConfig());
        return Task.WhenAll(_ending).WaitAsync(cancellationToken);
    }
}
