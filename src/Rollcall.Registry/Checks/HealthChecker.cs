using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Rollcall.Registry.Checks;

/// <summary>Makes the checks of every instance and tells a sink when what they say changes. Thread-safe.</summary>
internal sealed class HealthChecker : IAsyncDisposable
{
    /// <summary>What an instance with checks says of itself before the first of them was made.</summary>
    public const string NotCheckedYet = "not checked yet";

    /// <param name="options">How many checks may be under way at once.</param>
    /// <param name="probes">One for each kind; a check of a kind without a probe fails and says so.</param>
    /// <param name="time">All timers.</param>
    /// <param name="random">Jitter; the checker's own, used under its lock.</param>
    /// <param name="loggers">Where it logs.</param>
    /// <param name="meters">Where it measures.</param>
    public HealthChecker(
        RegistryOptions options,
        IReadOnlyDictionary<CheckKind, ICheckProbe> probes,
        TimeProvider time,
        Random random,
        ILoggerFactory loggers,
        IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(options);
    }

    /// <summary>Starts checking. Before it, track what was recovered.</summary>
    public void Start(ICheckSink sink) => throw new NotImplementedException();

    /// <summary>
    /// Checks an instance from now on, in place of what was tracked under its key. Without checks nothing is done.
    /// </summary>
    /// <param name="key">The instance.</param>
    /// <param name="checks">Its checks.</param>
    /// <param name="failingCheck">
    /// What is on record: null when it is taken to pass (recovery), else the text on record; a new registration passes <see cref="NotCheckedYet"/>.
    /// </param>
    public void Track(InstanceKey key, ImmutableArray<CheckDefinition> checks, string? failingCheck) => throw new NotImplementedException();

    /// <summary>Checks it no longer; a check under way is cancelled and what it says dropped.</summary>
    public void Forget(InstanceKey key) => throw new NotImplementedException();

    /// <summary>False when the instance was forgotten or tracked anew since the verdict was made.</summary>
    public bool IsCurrent(in CheckVerdict verdict) => throw new NotImplementedException();

    /// <summary>Stops checking; checks under way are cancelled.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
