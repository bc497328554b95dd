using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rollcall.Servers;

/// <summary>Checks servers' certificates and says precisely what is wrong with one: the name, the chain or the date.</summary>
internal static class ServerTrust
{
    // RFC 5280 section 4.2.1.12, id-kp-serverAuth.
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>What <see cref="SslStream"/> needs to follow <paramref name="options"/>.</summary>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="now">The clock certificates are judged by.</param>
    /// <exception cref="DiscoveryException">A file cannot be read.</exception>
    public static SslClientAuthenticationOptions Create(TlsOptions? options, TimeProvider now)
    {
        options ??= new TlsOptions();
        var authorities = options.CaFile is { } file ? Load(file, "certificate authorities", ReadAuthorities) : null;
        var tls = Create(authorities, options.SkipVerification, now, options.ServerName);
        if (options.CertificateFile is { } certificate)
            tls.ClientCertificateContext = Load(certificate, "client certificate", path => ReadIdentity(path, options.KeyFile));
        return tls;
    }

    /// <summary>As above, with the authorities already read; null for the system's. <paramref name="serverName"/> is null for the host of the URL.</summary>
    public static SslClientAuthenticationOptions Create(
        X509Certificate2Collection? authorities, bool skipVerification, TimeProvider now, string? serverName = null) => new()
    {
        EnabledSslProtocols = SslProtocols.None, // the system's choice
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            skipVerification || Check(certificate as X509Certificate2, chain, WithName(serverName, certificate as X509Certificate2, errors), authorities, now.GetUtcNow()),
    };

    /// <summary>A certificate and the rest of its chain, fit to be shown to a server.</summary>
    public static SslStreamCertificateContext Identity(X509Certificate2 certificate, X509Certificate2Collection others) =>
        SslStreamCertificateContext.Create(certificate, others, offline: true);

    // The HTTP handler sets the name to expect itself, to the host of the URL, whatever TargetHost says; so another name can only be checked here.
    private static SslPolicyErrors WithName(string? serverName, X509Certificate2? certificate, SslPolicyErrors errors)
    {
        if (string.IsNullOrEmpty(serverName) || certificate is null)
            return errors;
        return certificate.MatchesHostname(serverName, allowWildcards: true, allowCommonName: false)
            ? errors & ~SslPolicyErrors.RemoteCertificateNameMismatch
            : errors | SslPolicyErrors.RemoteCertificateNameMismatch;
    }

    // Throwing is the one way to tell the caller more than "the remote certificate was rejected".
    private static bool Check(
        X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors, X509Certificate2Collection? authorities, DateTimeOffset now)
    {
        if (certificate is null)
            throw new UntrustedServerException("the server shows no certificate");
        if (now.UtcDateTime < certificate.NotBefore.ToUniversalTime() || now.UtcDateTime > certificate.NotAfter.ToUniversalTime())
            throw new UntrustedServerException($"the server's certificate is valid from {Utc(certificate.NotBefore)} to {Utc(certificate.NotAfter)} and it is now {now:u} here; renew it, or set the clock");
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            throw new UntrustedServerException($"the server's certificate is for {Names(certificate)}, not for the host that was asked; use one of these names, or set the server name to expect");
        if (authorities is null ? errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) : !IsSignedBy(authorities, certificate, chain, now))
            throw new UntrustedServerException($"nobody we trust has signed the server's certificate (issuer {certificate.Issuer}); name the file of its authority, or add that to the system's");
        return true;
    }

    // What the authority has signed for a client must not pass for a server.
    private static bool IsSignedBy(X509Certificate2Collection authorities, X509Certificate2 certificate, X509Chain? offered, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        if (offered is not null)
            chain.ChainPolicy.ExtraStore.AddRange(offered.ChainPolicy.ExtraStore);
        return chain.Build(certificate);
    }

    private static X509Certificate2Collection ReadAuthorities(string file)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        return authorities.Count > 0 ? authorities : throw new CryptographicException("there is no certificate in it");
    }

    private static SslStreamCertificateContext ReadIdentity(string file, string? keyFile)
    {
        var others = new X509Certificate2Collection();
        others.ImportFromPemFile(file);
        return Identity(X509Certificate2.CreateFromPemFile(file, keyFile), others);
    }

    private static T Load<T>(string file, string what, Func<string, T> read)
    {
        try
        {
            return read(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException
            or ArgumentException) // a key that is another certificate's
        {
            throw new DiscoveryException($"The file {file} of the {what} cannot be used: {error.Message.TrimEnd('.')}. It must be PEM and readable.", error);
        }
    }

    private static string Names(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(static extension => extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(static address => address.ToString())))
            .Take(10)
            .ToArray();
        return names.Length > 0 ? string.Join(", ", names) : certificate.Subject;
    }

    private static string Utc(DateTime local) => local.ToUniversalTime().ToString("u", CultureInfo.InvariantCulture);
}

/// <summary>A server's certificate was refused by us; the message says why, without the server's name.</summary>
internal sealed class UntrustedServerException(string message) : AuthenticationException(message);
