using System.Collections.Concurrent;

namespace Rollcall.Etcd.Members;

/// <summary>The token of each cluster, shared by its watches: logging in costs the server a slow hash on purpose. Thread-safe.</summary>
internal sealed class EtcdTokens
{
    private readonly ConcurrentDictionary<string, string> _byCluster = new(StringComparer.Ordinal);

    public string? Find(string cluster) => _byCluster.GetValueOrDefault(cluster);

    public void Set(string cluster, string token) => _byCluster[cluster] = token;

    /// <summary>The token was refused; unless somebody has replaced it already, it is forgotten.</summary>
    public void Drop(string cluster, string token) => _byCluster.TryRemove(new(cluster, token));
}
