using System.Net;
using Microsoft.AspNetCore.Http;
using Rollcall.Api;
using Rollcall.Node.Problems;

namespace Rollcall.Node.Watching;

/// <summary>Who watches: the name given, the address it comes from.</summary>
/// <param name="Name">The name it gave, else one made of its address.</param>
/// <param name="Address">Its address and port.</param>
/// <param name="IsNamed">True when it gave a name.</param>
internal readonly record struct Remote(string Name, string Address, bool IsNamed)
{
    private const int MaxNameLength = 128;

    /// <summary>Who sends a request, or why the name is refused.</summary>
    public static Problem? Read(HttpContext context, out Remote remote)
    {
        var connection = context.Connection;
        var address = connection.RemoteIpAddress is { } ip
            ? new IPEndPoint(ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip, connection.RemotePort).ToString()
            : connection.Id;
        remote = new Remote(address, address, IsNamed: false);
        if (!context.Request.Headers.TryGetValue(ApiNames.WatcherHeader, out var given))
            return null;
        var name = given.Count == 1 ? given[0] ?? "" : "";
        if (name.Length is 0 or > MaxNameLength || name.AsSpan().ContainsAnyExceptInRange('!', '~'))
            return Problem.Invalid(ApiNames.WatcherHeader, "must be given once, as 1 to 128 characters of printable ASCII without spaces");
        remote = new Remote(name, address, IsNamed: true);
        return null;
    }
}
