using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Rollcall.Registry;

/// <summary>
/// An owner's secret, hashed once: keep it for a request that touches many instances. The secret itself is not kept.
/// The default value is that of somebody who named none.
/// </summary>
public readonly struct OwnerSecret
{
    /// <summary>The longest secret.</summary>
    public const int MaxLength = 256;

    private readonly ImmutableArray<byte> _hash;

    private OwnerSecret(ImmutableArray<byte> hash) => _hash = hash;

    /// <summary>SHA-256 of the secret; empty when there is none.</summary>
    internal ImmutableArray<byte> Hash => _hash.IsDefault ? [] : _hash;

    /// <summary>Hashes a secret; null and the empty text are none.</summary>
    public static OwnerSecret From(string? secret) =>
        string.IsNullOrEmpty(secret) ? default : new([.. SHA256.HashData(Encoding.UTF8.GetBytes(secret))]);

    /// <summary>True when it may change an instance with this owner: it is the owner's, or there is no owner.</summary>
    internal bool Opens(ImmutableArray<byte> ownerHash) =>
        ownerHash.IsDefaultOrEmpty || CryptographicOperations.FixedTimeEquals(ownerHash.AsSpan(), Hash.AsSpan());
}
