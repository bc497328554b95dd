namespace Rollcall.Gossip.Serf;

/// <summary>
/// What a node does with its keys when it is asked to, by its application or by a query of another member. <paramref name="isSealed"/>: all that comes in and goes out is encrypted once there is a key. Without that
/// anybody could have keys changed, and keys would go out in plain text.
/// </summary>
internal sealed class KeyStore(GossipKeyring keyring, bool isSealed)
{
    /// <summary>Each key more is tried on each packet that no other opens, and the list of them is to fit a datagram.</summary>
    public const int MaxKeys = 16;

    public IReadOnlyList<GossipKey> Keys => keyring.Keys;

    /// <summary>Does it; null, or in plain words why not.</summary>
    public string? Apply(KeyOperation operation, GossipKey? key)
    {
        if (Refuse(operation, key) is { } refusal)
            return refusal;
        try
        {
            var before = keyring.Keys;
            _ = operation switch
            {
                KeyOperation.Add => keyring.Add(key!),
                KeyOperation.Use => keyring.Use(key!),
                KeyOperation.Remove => keyring.Remove(key!),
                _ => false,
            };

            // Asked again, as after a change that could not be kept: only who keeps the keys knows whether they are kept now.
            if (operation != KeyOperation.List && ReferenceEquals(before, keyring.Keys))
                keyring.RaiseChanged();
            return null;
        }
        catch (Exception error)
        {
            // That of who keeps the keys: a file that cannot be written. The member that asked is to know, as it is to be mended before this node starts again.
            return $"The keys are changed, but could not be kept: {error.Message}";
        }
    }

    /// <summary>Why it would not be done, without doing it.</summary>
    public string? Refuse(KeyOperation operation, GossipKey? key)
    {
        var keys = keyring.Keys;
        return operation switch
        {
            _ when keys.Count == 0 => "This node has no keys: it does not encrypt.",
            _ when !isSealed => "This node also takes or sends what is not encrypted; its keys are not shown or changed while it does.",
            KeyOperation.List => null,
            _ when key is null => "That is no key: it has 16, 24 or 32 bytes.",
            KeyOperation.Add when keys.Count >= MaxKeys && !keys.Contains(key) => $"This node has {keys.Count} keys, and takes no more; remove one first.",
            KeyOperation.Use when !keys.Contains(key) => "This node does not have the key; add it first.",
            KeyOperation.Remove when keys[0].Equals(key) => "The primary key cannot be removed; use another one first.",
            _ => null,
        };
    }
}
