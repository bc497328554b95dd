using Rollcall.Gossip;

namespace Rollcall.Cli.Gossip;

/// <summary>The tags of this node, changed one request after the other.</summary>
internal sealed class OwnTags(GossipNode node, IEnumerable<KeyValuePair<string, string>> first) : IDisposable
{
    private readonly SemaphoreSlim _changing = new(1);
    private SortedDictionary<string, string> _tags = new(first.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal);

    /// <summary>The tags after it; nothing is told to the others where nothing is to change.</summary>
    /// <exception cref="ArgumentException">They would be too long; then they stay as they are.</exception>
    public async Task<IReadOnlyDictionary<string, string>> ChangeAsync(
        IReadOnlyDictionary<string, string> set, IReadOnlyList<string> delete, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            if (set.Count == 0 && delete.Count == 0)
                return _tags;
            var changed = new SortedDictionary<string, string>(_tags, StringComparer.Ordinal);
            foreach (var key in delete)
                changed.Remove(key);
            foreach (var (key, value) in set)
                changed[key] = value;
            await node.UpdateTagsAsync(changed, cancellationToken);
            return _tags = changed;
        }
        finally
        {
            _changing.Release();
        }
    }

    public void Dispose() => _changing.Dispose();
}
