using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Rollcall.Http.Resilience;

namespace Rollcall.Http;

/// <summary>What all clients of a process share. Owned by the container; handlers only borrow it.</summary>
internal sealed record ClientContext(
    ServiceRouter Router, TryTimerPool Timers, HttpMetrics Metrics, TimeProvider Time, ILogger<RollcallHandler> Logger)
{
    private readonly ConcurrentDictionary<ResilienceSettings, ResilienceSettings> _settings = new();

    public TryPipelines Pipelines { get; } = new(Time);

    /// <summary>The one object of all that are equal, so that they can be told by reference. There are as many as there are differently configured clients.</summary>
    public ResilienceSettings Share(ResilienceSettings settings) => _settings.GetOrAdd(settings, settings);
}
