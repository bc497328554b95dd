using System.Globalization;

namespace Rollcall.Consul.Health;

/// <summary>
/// Where a blocking query goes on, by the rules Consul sets for its clients (developer.hashicorp.com/consul/api-docs/features/blocking): an index that goes backwards is
/// forgotten, one below 1 counts as 1, a hash is passed back as it came. Pure.
/// </summary>
internal sealed class BlockingIndex
{
    private const int MaxHashLength = 256;

    private ulong? _index;
    private string? _hash;

    /// <summary>What to add to the query, such as <c>index=57</c>; null when the next query must not wait.</summary>
    public string? Parameter =>
        _index is { } index ? string.Create(CultureInfo.InvariantCulture, $"index={index}")
        : _hash is { } hash ? $"hash={Uri.EscapeDataString(hash)}"
        : null;

    /// <summary>Takes the headers of an answer. True when the server can be asked to wait.</summary>
    /// <param name="index"><c>X-Consul-Index</c>; null when it is missing.</param>
    /// <param name="hash"><c>X-Consul-ContentHash</c>; null when it is missing.</param>
    public bool OnAnswer(string? index, string? hash)
    {
        var before = _index;
        (_index, _hash) = (null, null);
        if (ulong.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var found))
        {
            // Waiting for an index of 0 would not wait: a busy loop. 1 is always safe.
            found = Math.Max(found, 1);
            // The server's state has begun anew; what comes may have smaller numbers than what is known.
            _index = found < before ? null : found;
            return true;
        }

        if (hash is not { Length: > 0 and <= MaxHashLength })
            return false;
        _hash = hash;
        return true;
    }
}
