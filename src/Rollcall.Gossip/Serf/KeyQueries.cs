namespace Rollcall.Gossip.Serf;

/// <summary>The queries about keys: what they are called, and what a node answers to them.</summary>
internal static class KeyQueries
{
    private const int MaxCharBytes = 3;

    public static ReadOnlySpan<byte> NameOf(KeyOperation operation) => operation switch
    {
        KeyOperation.List => "_serf_list-keys"u8,
        KeyOperation.Add => "_serf_install-key"u8,
        KeyOperation.Use => "_serf_use-key"u8,
        KeyOperation.Remove => "_serf_remove-key"u8,
        _ => default,
    };

    /// <summary><see cref="KeyOperation.None"/> where the query is about something else.</summary>
    public static KeyOperation OperationOf(ReadOnlySpan<byte> name)
    {
        foreach (var operation in (ReadOnlySpan<KeyOperation>)[KeyOperation.List, KeyOperation.Add, KeyOperation.Use, KeyOperation.Remove])
        {
            if (name.SequenceEqual(NameOf(operation)))
                return operation;
        }

        return KeyOperation.None;
    }

    /// <summary>Does what the query says, and what is answered to it. The payload is that of the query; of a list it means nothing.</summary>
    public static KeyAnswer Answer(KeyStore store, KeyOperation operation, ReadOnlySpan<byte> payload)
    {
        GossipKey? key = null;
        if (operation != KeyOperation.List)
        {
            if (!SerfCodec.TryReadKeyRequest(payload, out var bytes))
                return KeyAnswer.Failed("The request for a key cannot be read.");
            key = GossipKey.IsValidLength(bytes.Length) ? new(bytes) : null;
        }

        return Answer(store, operation, key);
    }

    public static KeyAnswer Answer(KeyStore store, KeyOperation operation, GossipKey? key)
    {
        if (store.Apply(operation, key) is { } refusal)
            return KeyAnswer.Failed(refusal);
        if (operation != KeyOperation.List)
            return new(IsDone: true, "", [], "");
        var keys = store.Keys.Select(static known => known.ToBase64()).ToArray();
        return new(IsDone: true, "", keys, keys[0]);
    }

    /// <summary>The answer in at most so many bytes: where there are too many keys the last are left out, and that is said. Agents do the same. Words that are too long end early.</summary>
    public static byte[] Fit(KeyAnswer answer, int maxLength)
    {
        var bytes = SerfCodec.Write(answer);
        for (var count = answer.Keys.Count - 1; bytes.Length > maxLength && count >= 0; count--)
            bytes = SerfCodec.Write(answer with { Keys = [.. answer.Keys.Take(count)], Words = $"The first {count} of {answer.Keys.Count} keys." });
        if (bytes.Length <= maxLength)
            return bytes;
        var words = answer.Words[..Math.Min(answer.Words.Length, Math.Max(0, maxLength - SerfCodec.MaxOverhead) / MaxCharBytes)];
        return SerfCodec.Write(answer with { Keys = [], PrimaryKey = "", Words = words });
    }
}
