using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Rollcall.Gateway.Configuration;
using Rollcall.Http;

namespace Rollcall.Gateway.Requests;

/// <summary>What tells one client's requests from another's.</summary>
internal static class RequestKey
{
    /// <summary>The key of a request, as a hash that is the same in every gateway; false when it has none.</summary>
    public static bool TryGet(RequestKeyConfig config, HttpContext context, out ulong key)
    {
        if (config.Kind == RequestKeyKind.Client)
            return TryGet(context.Connection.RemoteIpAddress, out key);
        var text = TextOf(config, context);
        key = text is null ? 0 : KeyHash.Of(text);
        return text is not null;
    }

    /// <summary>Of an IPv6 address its first half: the other is the client's to choose.</summary>
    public static bool TryGet(IPAddress? address, out ulong key)
    {
        key = 0;
        if (address is null)
            return false;
        Span<byte> bytes = stackalloc byte[16];
        key = KeyHash.Of(Significant(address, bytes));
        return true;
    }

    /// <summary>The key of a request as text; null when it has none.</summary>
    public static string? TextOf(RequestKeyConfig config, HttpContext context) => config.Kind switch
    {
        RequestKeyKind.Client => TextOf(context.Connection.RemoteIpAddress),
        RequestKeyKind.Header => Text(context.Request.Headers[config.Name]),
        RequestKeyKind.Query => Text(context.Request.Query[config.Name]),
        RequestKeyKind.Claim => Text(context.Request.Headers.Authorization) is { } token ? TokenClaim.Find(token, config.Name) : null,
        _ => context.Request.Cookies[config.Name],
    };

    private static string? TextOf(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return address is null ? null : Convert.ToHexString(Significant(address, bytes));
    }

    private static ReadOnlySpan<byte> Significant(IPAddress address, Span<byte> bytes)
    {
        address.TryWriteBytes(bytes, out var length);
        return address.AddressFamily switch
        {
            AddressFamily.InterNetworkV6 when address.IsIPv4MappedToIPv6 => bytes[12..16],
            AddressFamily.InterNetworkV6 => bytes[..8],
            _ => bytes[..length],
        };
    }

    private static string? Text(StringValues values) => values.Count == 0 ? null : values.ToString();
}
