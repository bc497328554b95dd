using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Rollcall.Servers;

namespace Rollcall.Kubernetes.Clusters;

/// <summary>How the server's certificate is checked and which one is shown to it.</summary>
internal static class ClusterTls
{
    /// <exception cref="DiscoveryException">A certificate or key cannot be used.</exception>
    public static SslClientAuthenticationOptions Create(ClusterSettings settings, ClusterCredentials credentials, TimeProvider time)
    {
        var tls = ServerTrust.Create(settings.Authority is { } authority ? Load(authority, "certificate-authority", Authorities) : null, settings.SkipVerification, time, settings.TlsServerName);
        if (settings.Certificate is { } certificate)
            tls.ClientCertificateContext = Load(certificate, "client-certificate", pem => Identity(pem, settings.Key));
        else if (settings.Exec is not null)
            tls.LocalCertificateSelectionCallback = (_, _, _, _, _) => credentials.Certificate!;
        return tls;
    }

    /// <summary>Tells whether the files of certificates and keys have changed; null when there are none or one cannot be read.</summary>
    public static string? Fingerprint(ClusterSettings settings)
    {
        string[] files = [.. new[] { settings.Authority, settings.Certificate, settings.Key }.Select(static source => source?.File).OfType<string>()];
        if (files.Length == 0)
            return null;
        try
        {
            // Of the contents: what rotates is often a link somewhere above the file.
            return string.Concat(files.Select(static file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static X509Certificate2Collection Authorities(string pem)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(pem);
        return authorities.Count > 0 ? authorities : throw new CryptographicException("there is no certificate in it");
    }

    private static SslStreamCertificateContext Identity(string pem, PemSource? key)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(pem);
        return ServerTrust.Identity(X509Certificate2.CreateFromPem(pem, key is null ? pem : Load(key, "client-key", static text => text)), chain);
    }

    private static T Load<T>(PemSource source, string what, Func<string, T> read)
    {
        try
        {
            return read(source.Data is { } data ? Encoding.UTF8.GetString(data) : File.ReadAllText(source.File!));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException) // the last for a key of another certificate
        {
            throw new DiscoveryException($"The {what} in {source.Place} cannot be used: {error.Message} It must be PEM.", error);
        }
    }
}
