using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rollcall.Gateway.Configuration;

namespace Rollcall.Gateway.Certificates;

/// <summary>Reads certificates again when their files change, as tools that renew them do. One that cannot be read leaves the one before, and a warning.</summary>
internal sealed partial class CertificateFollower(CertificateStore store, TimeProvider time, ILogger<CertificateFollower> logger) : BackgroundService
{
    /// <summary>How often the files are looked at.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private string? _lastError;

    /// <summary>Looks once.</summary>
    public void Look()
    {
        var current = store.Current;
        if (!current.IsOutdated)
            return;
        var errors = new List<ConfigError>();
        var changed = CertificateSet.Load(current.Config, errors);
        if (errors.Count == 0)
        {
            // Not over the certificates of a routes file that has come into force meanwhile.
            if (store.TryReplace(current, changed))
                Log.Reloaded(logger);
            _lastError = null;
            return;
        }

        // A certificate and its key are two files, and are seldom written at once.
        var error = string.Join(" ", errors.Select(static item => item.Message));
        if (!string.Equals(error, _lastError, StringComparison.Ordinal))
            Log.Refused(logger, error);
        _lastError = error;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                Look();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The gateway stops.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7201, LogLevel.Information, "Certificates were read again.")]
        public static partial void Reloaded(ILogger logger);

        [LoggerMessage(7202, LogLevel.Warning, "Certificates have changed and cannot be used; those before stay. {Error}")]
        public static partial void Refused(ILogger logger, string error);
    }
}
