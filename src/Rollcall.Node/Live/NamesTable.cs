using System.Collections.Immutable;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rollcall.Sources;

namespace Rollcall.Node.Live;

/// <summary>The names of instances by service, read again when their files change. A file that is wrong leaves the names before, and a warning.</summary>
internal sealed partial class NamesTable(NodeOptions options, TimeProvider time, ILoggerFactory loggers) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly ILogger _logger = loggers.CreateLogger("Rollcall.Node.Live");
    private readonly Dictionary<string, FileStamp?> _seen = new(StringComparer.Ordinal);
    private ImmutableDictionary<string, NamesFile> _names = ImmutableDictionary.Create<string, NamesFile>(StringComparer.Ordinal);
    private Action<string>? _changed;

    /// <summary>Called with the service after its names have changed; must be quick and not throw. To be set before the start.</summary>
    public Action<string> Changed
    {
        set => _changed = value;
    }

    /// <summary>What is said of the instances of a service.</summary>
    public NamesFile Of(string service) => Volatile.Read(ref _names).GetValueOrDefault(service, NamesFile.None);

    /// <inheritdoc />
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Look();
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc />
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
            // The node stops.
        }
    }

    private void Look()
    {
        foreach (var import in options.Imports)
        {
            if (import.Metadata is not { } file)
                continue;
            var stamp = FileStamp.Of(file);
            if (_seen.TryGetValue(import.Service, out var before) && before == stamp)
                continue;
            _seen[import.Service] = stamp;
            try
            {
                Volatile.Write(ref _names, _names.SetItem(import.Service, NamesFile.Parse(file, File.ReadAllBytes(file))));
                _changed?.Invoke(import.Service);
            }
            catch (Exception error) when (error is FormatException or IOException or UnauthorizedAccessException)
            {
                LogRefused(_logger, import.Service, error.Message);
            }
        }
    }

    [LoggerMessage(4121, LogLevel.Warning, "The names of the instances of {Service} cannot be used; those before stay. {Reason}")]
    private static partial void LogRefused(ILogger logger, string service, string reason);
}
