using System.Runtime.InteropServices;
using Microsoft.Extensions.Configuration;
using Rollcall.Sources.Text;

namespace Rollcall.Sources;

/// <summary>One value of the section <c>Services</c>: <c>https://localhost:7001</c> or <c>localhost:7001</c>.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ConfiguredAddress(string? Scheme, string Host, int Port)
{
    /// <exception cref="DiscoveryException">It is no address; the message names the key.</exception>
    public static ConfiguredAddress Parse(IConfigurationSection entry)
    {
        var text = entry.Value?.Trim() ?? "";
        var schemeEnd = text.IndexOf("://", StringComparison.Ordinal);
        var scheme = schemeEnd < 0 ? null : text[..schemeEnd].ToLowerInvariant();
        var address = schemeEnd < 0 ? text : text[(schemeEnd + 3)..].TrimEnd('/');
        return EndpointText.TryParseAddress(address, scheme, out var host, out var port, out var error)
            ? new(scheme, host, port)
            : throw new DiscoveryException($"The configuration {entry.Path} is wrong: {error}");
    }
}
