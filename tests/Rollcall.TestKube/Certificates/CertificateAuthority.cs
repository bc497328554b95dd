using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rollcall.TestKube.Certificates;

/// <summary>A certificate authority in memory, as each cluster has one.</summary>
public sealed class CertificateAuthority : IDisposable
{
    private readonly X509Certificate2 _certificate;
    private readonly TimeProvider _time;

    public CertificateAuthority(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=rollcall-testkube", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        // Years of room on both sides: tests issue certificates that have lapsed.
        _certificate = request.CreateSelfSigned(time.GetUtcNow().AddYears(-2), time.GetUtcNow().AddYears(2));
    }

    /// <summary>What clients are given to trust.</summary>
    public string CertificatePem => _certificate.ExportCertificatePem();

    /// <summary>A server's certificate, good for a day.</summary>
    public X509Certificate2 IssueServer(params string[] names) => IssueServer(_time.GetUtcNow().AddHours(-1), _time.GetUtcNow().AddDays(1), names);

    /// <summary>A server's certificate for the given names and addresses, good in the given time only.</summary>
    public X509Certificate2 IssueServer(DateTimeOffset from, DateTimeOffset until, params string[] names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
                alternatives.AddIpAddress(address);
            else
                alternatives.AddDnsName(name);
        }

        return Issue("CN=kube-apiserver", "1.3.6.1.5.5.7.3.1", from, until, alternatives.Build());
    }

    /// <summary>A client's certificate: the common name is the user, organizations are groups.</summary>
    public X509Certificate2 IssueClient(string user, params string[] groups)
    {
        var subject = new X500DistinguishedNameBuilder();
        foreach (var group in groups)
            subject.AddOrganizationName(group);
        subject.AddCommonName(user);
        return Issue(subject.Build().Name, "1.3.6.1.5.5.7.3.2", _time.GetUtcNow().AddHours(-1), _time.GetUtcNow().AddDays(1));
    }

    public void Dispose() => _certificate.Dispose();

    /// <summary>True for what this authority issued and has not lapsed.</summary>
    internal bool HasIssued(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_certificate);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = _time.GetUtcNow().LocalDateTime;
        return chain.Build(certificate);
    }

    private X509Certificate2 Issue(string subject, string usage, DateTimeOffset from, DateTimeOffset until, X509Extension? extension = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, true, false));
        if (extension is not null)
            request.CertificateExtensions.Add(extension);
        using var issued = request.Create(_certificate, from, until, RandomNumberGenerator.GetBytes(16));
        return issued.CopyWithPrivateKey(key);
    }
}
