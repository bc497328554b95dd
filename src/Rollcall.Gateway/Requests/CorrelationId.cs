using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Rollcall.Balancing;

namespace Rollcall.Gateway.Requests;

/// <summary>The text by which one request is found in the logs of everybody who had to do with it.</summary>
internal static class CorrelationId
{
    /// <summary>What a client may give at most; longer ones are replaced.</summary>
    public const int MaxLength = 128;

    // Nothing that ends a line or a field of a log, or means anything to those who read one.
    private static readonly SearchValues<char> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:/+=@~");

    /// <summary>Takes the id that the request has, or gives it one; passes it on and answers with it.</summary>
    public static string Apply(HttpContext context, string header, StripedRandom random)
    {
        var given = context.Request.Headers[header];
        var id = given.Count == 1 && IsUsable(given[0]) ? given[0]! : string.Create(CultureInfo.InvariantCulture, $"{random.Next():x16}{random.Next():x16}");
        context.Request.Headers[header] = id;
        context.Response.Headers[header] = id;
        return id;
    }

    private static bool IsUsable(string? id) => id is { Length: > 0 and <= MaxLength } && !id.AsSpan().ContainsAnyExcept(Allowed);
}
