using System.Collections.Immutable;

namespace Rollcall.Node.Imports;

/// <summary>How each import is doing. Readers take no lock.</summary>
internal sealed class ImportTable
{
    private readonly Lock _gate = new();
    private ImmutableDictionary<string, ImportStatus> _statuses = ImmutableDictionary.Create<string, ImportStatus>(StringComparer.Ordinal);
    private ImmutableHashSet<string> _settled = ImmutableHashSet.Create<string>(StringComparer.Ordinal);
    private ImmutableArray<Action<string>> _followers = [];

    /// <summary>The services that are imported, in the order of the configuration.</summary>
    public ImmutableArray<string> Services { get; init; } = [];

    /// <summary>How the import of a service is doing; null when it is registered here.</summary>
    public ImportStatus? Of(string service) => Volatile.Read(ref _statuses).GetValueOrDefault(service);

    /// <summary>True once each import has shown something, or has given up waiting for it for now: from then on the node can be asked about them.</summary>
    public bool AreSettled => Volatile.Read(ref _settled).Count >= Services.Length;

    /// <summary>An import has shown something, or there is nothing to be shown.</summary>
    public void Settle(string service)
    {
        lock (_gate)
            Volatile.Write(ref _settled, _settled.Add(service));
    }

    /// <summary>Says how one is doing now, and tells who follows.</summary>
    public void Set(ImportStatus status)
    {
        lock (_gate)
            Volatile.Write(ref _statuses, _statuses.SetItem(status.Options.Service, status));
        foreach (var follower in _followers)
            follower(status.Options.Service);
    }

    /// <summary>Calls <paramref name="follower"/> with the service after each change. It must be quick and not throw.</summary>
    public void Follow(Action<string> follower) => ImmutableInterlocked.Update(ref _followers, static (list, item) => list.Add(item), follower);
}
