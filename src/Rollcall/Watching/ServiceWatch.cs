namespace Rollcall.Watching;

/// <summary>
/// A reference to the shared watch of one target. Reading <see cref="Current"/> is one volatile read. Dispose it to give the reference back.
/// </summary>
public sealed class ServiceWatch : IDisposable
{
    /// <summary>What is watched.</summary>
    public ServiceTarget Target => throw new NotImplementedException();

    /// <summary>The newest snapshot; null until the first arrives.</summary>
    public EndpointSet? Current => throw new NotImplementedException();

    /// <summary>The newest snapshot, waiting for the first.</summary>
    public ValueTask<EndpointSet> GetAsync(CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>State first, then the newest snapshot after each change; a slow reader misses those in between.</summary>
    public IAsyncEnumerable<EndpointSet> ReadAllAsync(CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>
    /// A value computed from each snapshot, once per change, before the change counts as applied (so before a draining instance may stop).
    /// <paramref name="project"/> runs on the watch's own loop, must not block, and gets the value it made last (default at first).
    /// </summary>
    public ServiceView<T> View<T>(Func<EndpointSet, T?, T> project)
        where T : class => throw new NotImplementedException();

    /// <summary>Gives the reference back. The watch itself ends a while after its last reference.</summary>
    public void Dispose() => throw new NotImplementedException();
}

/// <summary>A value that follows a watch. Dispose it to stop following.</summary>
/// <typeparam name="T">What is computed from each snapshot.</typeparam>
public sealed class ServiceView<T> : IDisposable
    where T : class
{
    /// <summary>The newest value; null until the first snapshot arrives. One volatile read.</summary>
    public T? Current => throw new NotImplementedException();

    /// <summary>The newest value, waiting for the first.</summary>
    public ValueTask<T> GetAsync(CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Stops following.</summary>
    public void Dispose() => throw new NotImplementedException();
}
