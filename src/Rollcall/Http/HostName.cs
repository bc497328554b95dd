using System.Runtime.InteropServices;

namespace Rollcall.Http;

/// <summary>A host that names a service: <c>orders</c>, or <c>_admin.orders</c> for a named port of it.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct HostName(string Service, string? Port)
{
    public static HostName Parse(string host)
    {
        if (!host.StartsWith('_'))
            return new(host, null);
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        return dot > 1 && dot < host.Length - 1 ? new(host[(dot + 1)..], host[1..dot]) : new(host, null);
    }
}
