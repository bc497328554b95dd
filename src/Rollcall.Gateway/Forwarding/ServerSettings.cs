using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Rollcall.Gateway.Certificates;
using Rollcall.Gateway.Clients;
using Rollcall.Gateway.Configuration;

namespace Rollcall.Gateway.Forwarding;

/// <summary>What of a configuration is about the server rather than about routes: certificates, limits, the access log.</summary>
internal sealed class ServerSettings(CertificateStore certificates, AccessLogs.AccessLogs logs, ListenUrls urls, IOptions<KestrelServerOptions> kestrel)
{
    /// <summary>One of the URLs that needs certificates; null when none does.</summary>
    public string? EncryptedUrl => urls.Encrypted;

    /// <summary>Puts them into force.</summary>
    public void Use(GatewayConfig config, CertificateSet shown)
    {
        certificates.Current = shown;
        logs.Use(config.AccessLog);
        ClientLimits.Apply(config.Limits, kestrel.Value.Limits);
    }
}
