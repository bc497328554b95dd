namespace Rollcall.Watching;

/// <summary>
/// Hands out the one shared watch of each target in this process. Thread-safe; one per process, owned by the container.
/// </summary>
public sealed class ServiceResolver : IAsyncDisposable
{
    /// <summary>
    /// A reference to the shared watch of <paramref name="target"/>, which starts with the first reference and stops a while after the last is disposed.
    /// </summary>
    /// <exception cref="ArgumentException">No source answers for the scheme, or the target is malformed.</exception>
    public ServiceWatch Watch(ServiceTarget target) => throw new NotImplementedException();

    /// <summary>The current state, from the shared watch when there is one.</summary>
    /// <exception cref="DiscoveryException">None could be had.</exception>
    public ValueTask<EndpointSet> ResolveAsync(ServiceTarget target, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>Ends every watch.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
