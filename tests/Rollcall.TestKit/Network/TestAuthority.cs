using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rollcall.TestKit.Network;

/// <summary>A certificate authority that lives as long as a test, and the certificates it signs, in memory and as PEM files.</summary>
public sealed class TestAuthority : IDisposable
{
    private const string ForServers = "1.3.6.1.5.5.7.3.1";
    private const string ForClients = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2 _certificate;

    public TestAuthority(string name = "Test authority")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        _certificate = request.CreateSelfSigned(now.AddYears(-20), now.AddYears(20));
    }

    /// <summary>The authority's own certificate.</summary>
    public X509Certificate2 Certificate => _certificate;

    /// <summary>A server's certificate for these DNS names or IP addresses, valid now unless told otherwise.</summary>
    public X509Certificate2 IssueServer(IReadOnlyList<string> names, DateTimeOffset? from = null, DateTimeOffset? to = null, bool alsoForClients = false) =>
        Issue("server", names, alsoForClients ? [ForServers, ForClients] : [ForServers], from, to);

    /// <summary>A client's certificate.</summary>
    public X509Certificate2 IssueClient(string name) => Issue(name, [name], [ForClients], null, null);

    /// <summary>Writes the authority's certificate; the file.</summary>
    public string WriteTo(string file)
    {
        File.WriteAllText(file, _certificate.ExportCertificatePem());
        return file;
    }

    /// <summary>Writes a certificate and its key side by side.</summary>
    public static (string CertificateFile, string KeyFile) Write(X509Certificate2 certificate, string directory, string name)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        var (certificateFile, keyFile) = (Path.Combine(directory, name + ".pem"), Path.Combine(directory, name + ".key"));
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        using var key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return (certificateFile, keyFile);
    }

    public void Dispose() => _certificate.Dispose();

    private X509Certificate2 Issue(string name, IReadOnlyList<string> names, IEnumerable<string> purposes, DateTimeOffset? from, DateTimeOffset? to)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var alternative in names)
        {
            if (IPAddress.TryParse(alternative, out var address))
                alternatives.AddIpAddress(address);
            else
                alternatives.AddDnsName(alternative);
        }

        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. purposes.Select(static purpose => new Oid(purpose))], critical: false));
        var now = TimeProvider.System.GetUtcNow();
        using var signed = request.Create(_certificate, from ?? now.AddDays(-1), to ?? now.AddDays(1), RandomNumberGenerator.GetBytes(8));
        using var withKey = signed.CopyWithPrivateKey(key);
        // Through PKCS#12, because TLS on some platforms refuses keys that exist in memory only.
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }
}
