using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace Rollcall.Gateway.Clients;

/// <summary>Who a request is from. What proxies say of it in headers is believed from those that the routes file trusts, and from nobody else.</summary>
internal static class TrustedProxies
{
    private const string ForwardedFor = "X-Forwarded-For";
    private const string ForwardedProto = "X-Forwarded-Proto";
    private const string ForwardedHost = "X-Forwarded-Host";

    // Of these names there are many, and services believe more of them than any list has.
    private const string ForwardedPrefix = "X-Forwarded";

    private static readonly FrozenSet<string> Claims =
        new[] { "Forwarded", "X-Real-IP", "X-Original-For", "X-Original-Host", "X-Original-Proto", "X-Original-Prefix" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // Longer lists are either mistakes or attacks.
    private const int MaxHops = 32;

    /// <summary>Takes the client's address, scheme and host from the headers of a trusted proxy; takes headers from anyone else away.</summary>
    public static void Apply(HttpContext context, ImmutableArray<IPNetwork> trusted)
    {
        var headers = context.Request.Headers;
        if (trusted.IsEmpty || context.Connection.RemoteIpAddress is not { } peer || !IsTrusted(peer, trusted))
        {
            // Before any transform sees them: one that appends, or leaves them as they are, would pass them on.
            RemoveClaims(headers);
            return;
        }

        context.Connection.RemoteIpAddress = ClientOf(headers[ForwardedFor].ToString(), peer, trusted);
        if (LastOf(headers[ForwardedProto].ToString()) is "http" or "https")
            context.Request.Scheme = LastOf(headers[ForwardedProto].ToString())!;
        if (LastOf(headers[ForwardedHost].ToString()) is { } host && HostString.FromUriComponent(host) is { HasValue: true } named && Uri.CheckHostName(named.Host) != UriHostNameType.Unknown)
            context.Request.Host = named;
    }

    private static void RemoveClaims(IHeaderDictionary headers)
    {
        List<string>? claims = null;
        foreach (var (name, _) in headers)
        {
            if (name.StartsWith(ForwardedPrefix, StringComparison.OrdinalIgnoreCase) || Claims.Contains(name))
                (claims ??= []).Add(name);
        }

        foreach (var name in claims ?? [])
            headers.Remove(name);
    }

    // From the right, where the nearest proxy has written, to the first that is none of ours.
    private static IPAddress ClientOf(string list, IPAddress peer, ImmutableArray<IPNetwork> trusted)
    {
        var client = peer;
        var rest = list.AsSpan();
        for (var hop = 0; hop < MaxHops && !rest.IsEmpty && IsTrusted(client, trusted); hop++)
        {
            var comma = rest.LastIndexOf(',');
            var entry = rest[(comma + 1)..].Trim();
            rest = comma < 0 ? [] : rest[..comma];
            if (!TryAddress(entry, out var address))
                break;
            client = address;
        }

        return client;
    }

    // Some write a port behind the address, and brackets around an IPv6 address.
    private static bool TryAddress(ReadOnlySpan<char> entry, out IPAddress address)
    {
        if (IPAddress.TryParse(entry, out address!))
            return true;
        if (!IPEndPoint.TryParse(entry, out var withPort))
            return false;
        address = withPort.Address;
        return true;
    }

    private static string? LastOf(string list)
    {
        var last = list.AsSpan(list.LastIndexOf(',') + 1).Trim();
        return last.IsEmpty ? null : last.ToString();
    }

    private static bool IsTrusted(IPAddress address, ImmutableArray<IPNetwork> trusted)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var network in trusted)
        {
            if (network.Contains(plain))
                return true;
        }

        return false;
    }
}
