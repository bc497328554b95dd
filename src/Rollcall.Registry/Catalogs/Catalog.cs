namespace Rollcall.Registry.Catalogs;

/// <summary>
/// The node's read model. Readers take immutable snapshots and no lock; one writer, the replication, publishes.
/// </summary>
public sealed class Catalog
{
    /// <summary>The node's revision: that of the last published change.</summary>
    public long Revision => throw new NotImplementedException();

    /// <summary>The services that have instances, in no order.</summary>
    public IReadOnlyCollection<ServiceSnapshot> Services => throw new NotImplementedException();

    /// <summary>The service as it is now; one without instances and with revision 0 when it never existed.</summary>
    public ServiceSnapshot GetService(string service) => throw new NotImplementedException();

    /// <summary>
    /// Completes with the service's snapshot once it has changed after <paramref name="revision"/>; at once when it has already, or when that
    /// revision is beyond the catalog's own (it came from another life of the data).
    /// </summary>
    public ValueTask<ServiceSnapshot> WaitForChangeAsync(string service, long revision, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>
    /// Every change after <paramref name="afterRevision"/> as it is published, in order; false from the first read when that revision is no longer
    /// held (start over from a snapshot). A reader that falls more than the held changes behind ends with <see cref="ChangesLostException"/>.
    /// </summary>
    public bool TryReadChanges(long afterRevision, out IAsyncEnumerable<Change> changes) => throw new NotImplementedException();
}

/// <summary>A reader of changes fell so far behind that some are no longer held; it must start over from a snapshot.</summary>
public sealed class ChangesLostException : Exception;
