using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rollcall.Gateway.Tests;

/// <summary>Certificates that nobody has signed.</summary>
internal static class TestCertificate
{
    /// <summary>Writes one with its key.</summary>
    public static void Write(string file, string name, string host) => File.WriteAllText(file, string.Join('\n', Make(name, host)));

    /// <summary>A certificate and its key, both PEM.</summary>
    public static string[] Make(string name, string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return [certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem()];
    }
}
