using Microsoft.AspNetCore.Http;
using Rollcall.Api;
using Rollcall.Node.Problems;
using Rollcall.Registry;

namespace Rollcall.Node.Api;

/// <summary>The secret that owns an instance, as requests carry it.</summary>
internal static class OwnerHeader
{
    /// <summary>The secret, null when there is none; or why it is refused.</summary>
    public static Problem? Read(HttpContext context, out string? owner)
    {
        owner = null;
        if (!context.Request.Headers.TryGetValue(ApiNames.OwnerHeader, out var given))
            return null;
        owner = given.Count == 1 ? given[0] : null;
        return owner is { Length: > 0 and <= OwnerSecret.MaxLength } && !owner.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? null
            : Problem.Invalid(ApiNames.OwnerHeader, "must be given once, as 1 to 256 characters of printable ASCII");
    }
}
