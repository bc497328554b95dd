using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rollcall.Gateway.Configuration;

namespace Rollcall.Gateway.Clients;

/// <summary>Tells the server what clients may send. It looks at most of this with every request, so that a reload changes it.</summary>
internal static class ClientLimits
{
    public static void Apply(LimitsConfig config, KestrelServerLimits limits)
    {
        limits.MaxRequestBodySize = config.MaxBodyBytes;
        limits.MaxRequestLineSize = Math.Min(config.MaxHeaderBytes, (int)limits.MaxRequestBufferSize.GetValueOrDefault(int.MaxValue));
        limits.MaxRequestHeadersTotalSize = config.MaxHeaderBytes;
        limits.MaxConcurrentConnections = config.MaxConnections;
        limits.MaxConcurrentUpgradedConnections = config.MaxConnections;
        limits.RequestHeadersTimeout = config.HeadersTimeout;
        limits.KeepAliveTimeout = config.KeepAliveTimeout;
    }
}
