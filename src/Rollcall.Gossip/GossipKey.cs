using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Rollcall.Gossip;

/// <summary>A key that members of a cluster share: 16, 24 or 32 bytes, for AES-128, -192 or -256. Immutable; its text never shows it.</summary>
public sealed class GossipKey : IEquatable<GossipKey>
{
    private readonly byte[] _bytes;

    /// <summary>Takes a copy of the bytes.</summary>
    /// <exception cref="ArgumentException">There are not 16, 24 or 32 of them.</exception>
    public GossipKey(ReadOnlySpan<byte> bytes)
    {
        if (!IsValidLength(bytes.Length))
            throw new ArgumentException($"A key has 16, 24 or 32 bytes, this one {bytes.Length}.", nameof(bytes));
        _bytes = bytes.ToArray();
    }

    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>A new key for AES-256 from the system's generator.</summary>
    public static GossipKey Generate() => new(RandomNumberGenerator.GetBytes(32));

    /// <summary>Reads a key from base64, as <c>serf keygen</c> prints it.</summary>
    /// <returns>Whether the text is base64 of 16, 24 or 32 bytes.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out GossipKey? key)
    {
        Span<byte> bytes = stackalloc byte[48];
        key = text is not null && Convert.TryFromBase64String(text, bytes, out var length) && IsValidLength(length) ? new(bytes[..length]) : null;
        CryptographicOperations.ZeroMemory(bytes);
        return key is not null;
    }

    /// <summary>The key in base64.</summary>
    public string ToBase64() => Convert.ToBase64String(_bytes);

    /// <inheritdoc/>
    public bool Equals(GossipKey? other) => other is not null && CryptographicOperations.FixedTimeEquals(_bytes, other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as GossipKey);

    /// <inheritdoc/>
    public override int GetHashCode() => BitConverter.ToInt32(_bytes);

    /// <summary>The kind of the key, not the key.</summary>
    public override string ToString() => $"AES-{_bytes.Length * 8} key";

    internal static bool IsValidLength(int length) => length is 16 or 24 or 32;
}
