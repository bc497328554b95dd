using System.Globalization;
using System.Runtime.InteropServices;

namespace Rollcall.Gateway.Requests;

/// <summary>
/// What a cookie of affinity says: a version and an endpoint, as hashes of their names. Alike in every gateway, so that a session outlives a change of gateway, and of the endpoint's
/// address. No secret: whoever can guess an endpoint's id can see that it is the one.
/// </summary>
/// <param name="Version">Of the version's name.</param>
/// <param name="Endpoint">Of the endpoint's id.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SessionCookie(ulong Version, ulong Endpoint)
{
    private const int HashLength = 16;

    /// <summary>What a client has sent; null when that is none of ours.</summary>
    public static SessionCookie? Parse(string? text) =>
        text is { Length: 2 * HashLength } && TryParse(text.AsSpan(0, HashLength), out var version) && TryParse(text.AsSpan(HashLength), out var endpoint)
            ? new(version, endpoint)
            : null;

    public static ulong HashOf(string version) => KeyHash.Of(version);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Version:x16}{Endpoint:x16}");

    private static bool TryParse(ReadOnlySpan<char> text, out ulong hash) => ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out hash);
}
