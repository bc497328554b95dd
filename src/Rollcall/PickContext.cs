using System.Runtime.InteropServices;

namespace Rollcall;

/// <summary>What a policy may know of the request that it picks for.</summary>
/// <param name="Key">A hash of what the request has affinity to, such as a session; meaningful only when <paramref name="HasKey"/> is true.</param>
/// <param name="HasKey">Whether the request has affinity to anything.</param>
/// <param name="Turn">
/// How many picks for the same request came before this one and would not do. A policy with affinity answers with the next place for the key; others may ignore it.
/// </param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PickContext(ulong Key, bool HasKey, int Turn = 0)
{
    /// <summary>A request with affinity to nothing, at its first pick.</summary>
    public static PickContext None => default;

    /// <summary>
    /// A request with affinity to <paramref name="key"/>, such as a session or a customer; null is no key, and an empty one is a key like any other. Hashed by XXH64 of its
    /// UTF-8 with seed 0, hence alike in every process and on every platform. Allocates nothing.
    /// </summary>
    public static PickContext ForKey(string? key) => key is null ? None : ForKey(key.AsSpan());

    /// <inheritdoc cref="ForKey(string)" />
    public static PickContext ForKey(ReadOnlySpan<char> key) => new(KeyHash.Of(key), HasKey: true);

    /// <summary>As <see cref="ForKey(string)"/>, of bytes: text in UTF-8 is the same key as the text.</summary>
    public static PickContext ForKey(ReadOnlySpan<byte> key) => new(KeyHash.Of(key), HasKey: true);

    /// <summary>The same request, one pick later.</summary>
    public PickContext Next() => this with { Turn = Turn + 1 };
}
