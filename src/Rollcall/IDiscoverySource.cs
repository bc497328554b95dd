namespace Rollcall;

/// <summary>Where endpoints come from. Every source obeys the laws of a watch (docs/architecture.md).</summary>
public interface IDiscoverySource
{
    /// <summary>The target schemes it answers for, lower case, such as <c>static</c>.</summary>
    IReadOnlyCollection<string> Schemes { get; }

    /// <summary>Checks the scheme-specific form of a target without any I/O.</summary>
    /// <exception cref="ArgumentException">The target is malformed; the message says what is wrong and shows one that is right.</exception>
    void Validate(ServiceTarget target);

    /// <summary>The current state, once.</summary>
    /// <exception cref="DiscoveryException">None could be had.</exception>
    ValueTask<EndpointSet> DiscoverAsync(ServiceTarget target, CancellationToken cancellationToken);

    /// <summary>
    /// State first, then a whole new snapshot after every change, until cancelled. The consumer asks for the next snapshot only after
    /// it has applied the one before; a source may report that to where it came from.
    /// </summary>
    IAsyncEnumerable<EndpointSet> WatchAsync(ServiceTarget target, CancellationToken cancellationToken);
}

/// <summary>No state of a target could be had: what was tried, on what, why it failed and what to do.</summary>
public sealed class DiscoveryException : Exception
{
    /// <summary>Makes one with a message for a person.</summary>
    public DiscoveryException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message for a person and the failure behind it.</summary>
    public DiscoveryException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
