using Rollcall.Configuration;

namespace Rollcall.Servers;

/// <summary>Reads <see cref="TlsOptions"/> from the part <c>Tls</c> of a section.</summary>
internal static class TlsOptionsReader
{
    public static void Read(ConfigurationReader section, TlsOptions tls)
    {
        var reader = section.Part("Tls");
        tls.CaFile = reader.Text(nameof(tls.CaFile)) ?? tls.CaFile;
        tls.CertificateFile = reader.Text(nameof(tls.CertificateFile)) ?? tls.CertificateFile;
        tls.KeyFile = reader.Text(nameof(tls.KeyFile)) ?? tls.KeyFile;
        tls.ServerName = reader.Text(nameof(tls.ServerName)) ?? tls.ServerName;
        tls.SkipVerification = reader.Flag(nameof(tls.SkipVerification)) ?? tls.SkipVerification;
        reader.End();
    }
}
