using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Rollcall.Gateway.Certificates;

/// <summary>The certificates in force; a connection is given the newest.</summary>
internal sealed class CertificateStore
{
    private CertificateSet _current = CertificateSet.None;

    public CertificateSet Current
    {
        get => Volatile.Read(ref _current);
        set => Volatile.Write(ref _current, value);
    }

    /// <summary>Replaces certificates by newer ones, unless others have come into force meanwhile.</summary>
    public bool TryReplace(CertificateSet before, CertificateSet changed) => Interlocked.CompareExchange(ref _current, changed, before) == before;

    /// <summary>What a server needs to answer a client that has said which host it wants. The protocols to offer are the listener's to fill in: they differ between TCP and QUIC.</summary>
    public ValueTask<SslServerAuthenticationOptions> OptionsFor(TlsHandshakeCallbackContext handshake) => new(new SslServerAuthenticationOptions
    {
        ServerCertificateContext = Current.Find(handshake.ClientHelloInfo.ServerName) ?? throw new AuthenticationException("The routes file has no certificates."),
        EnabledSslProtocols = SslProtocols.None, // the system's choice
    });
}
