using System.Globalization;
using Rollcall.Servers;
using Rollcall.Sources;

namespace Rollcall.Gateway.Configuration;

/// <summary>How endpoints with https are trusted, with the state of the files in which that is said: those are renewed while the routes file stays.</summary>
/// <param name="Options">What the file says.</param>
/// <param name="Stamps">What its files were when they were read.</param>
internal sealed record ClusterTls(TlsOptions Options, string Stamps)
{
    /// <summary>True when a file is not what it was.</summary>
    public bool IsOutdated => !string.Equals(StampsOf(Options), Stamps, StringComparison.Ordinal);

    /// <summary>Reads it.</summary>
    /// <param name="cluster">The cluster.</param>
    public static ClusterTls? Read(Section cluster)
    {
        if (cluster.Part("tls", "caFile", "certificateFile", "keyFile", "serverName", "skipVerification") is not { } part)
            return null;
        var options = new TlsOptions
        {
            CaFile = part.Text("caFile"),
            CertificateFile = part.Text("certificateFile"),
            KeyFile = part.Text("keyFile"),
            ServerName = part.Text("serverName"),
            SkipVerification = part.Flag("skipVerification") ?? false,
        };

        // The stamps before the contents: a change in between is then seen as one.
        var stamps = StampsOf(options);
        try
        {
            ServerTrust.Create(options, TimeProvider.System);
        }
        catch (DiscoveryException error)
        {
            cluster.Fail("tls", error.Message.TrimEnd('.'));
        }

        return new(options, stamps);
    }

    private static string StampsOf(TlsOptions options) =>
        string.Join(' ', new[] { options.CaFile, options.CertificateFile, options.KeyFile }.OfType<string>().Select(static file => StampOf(file)));

    private static string StampOf(string file) => FileStamp.Of(file) is { } stamp
        ? string.Create(CultureInfo.InvariantCulture, $"{file} {stamp.WrittenUtc.Ticks} {stamp.Length}")
        : file;
}
