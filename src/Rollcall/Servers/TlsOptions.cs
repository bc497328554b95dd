namespace Rollcall.Servers;

/// <summary>How the certificate of an <c>https</c> server is checked, and which one is shown to it. Files are PEM and are read again for each new watch.</summary>
public sealed class TlsOptions
{
    /// <summary>The authorities to trust, instead of the system's. Default: the system's.</summary>
    public string? CaFile { get; set; }

    /// <summary>The certificate to show, with its chain. Default: none.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>The private key of <see cref="CertificateFile"/>. Default: it stands in the same file.</summary>
    public string? KeyFile { get; set; }

    /// <summary>The name that the server's certificate must carry. Default: the host of its URL. What is sent to the server as its name (SNI) is always the host of its URL.</summary>
    public string? ServerName { get; set; }

    /// <summary>Accepts any certificate: anyone between may then read and change everything. For trying things out. Default: false.</summary>
    public bool SkipVerification { get; set; }
}
