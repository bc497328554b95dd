using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rollcall.Gateway.Configuration;
using Rollcall.Sources;

namespace Rollcall.Gateway.Certificates;

/// <summary>The certificates of a gateway, read from disk. Immutable.</summary>
internal sealed class CertificateSet
{
    private readonly FrozenDictionary<string, SslStreamCertificateContext> _byHost;
    private readonly SslStreamCertificateContext? _first;
    private readonly ImmutableArray<(string File, FileStamp? Stamp)> _files;

    private CertificateSet(
        ImmutableArray<CertificateConfig> config, Dictionary<string, SslStreamCertificateContext> byHost, SslStreamCertificateContext? first, ImmutableArray<(string, FileStamp?)> files)
    {
        Config = config;
        _byHost = byHost.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        _first = first;
        _files = files;
    }

    public static CertificateSet None { get; } = new([], [], null, []);

    public ImmutableArray<CertificateConfig> Config { get; }

    public bool IsEmpty => _first is null;

    /// <summary>True when a file is not what it was when it was read.</summary>
    public bool IsOutdated => _files.Any(static item => FileStamp.Of(item.File) != item.Stamp);

    /// <summary>Reads all of them; what cannot be read is noted with its place in the routes file.</summary>
    public static CertificateSet Load(ImmutableArray<CertificateConfig> config, ICollection<ConfigError> errors)
    {
        var byHost = new Dictionary<string, SslStreamCertificateContext>(StringComparer.OrdinalIgnoreCase);
        SslStreamCertificateContext? first = null;
        var files = ImmutableArray.CreateBuilder<(string, FileStamp?)>();
        foreach (var item in config)
        {
            try
            {
                // The stamps before the contents: a change in between is then seen as one.
                files.Add((item.CertificateFile, FileStamp.Of(item.CertificateFile)));
                if (item.KeyFile is { } key)
                    files.Add((key, FileStamp.Of(key)));
                var context = Read(item);
                first ??= context;
                foreach (var host in item.Hosts.IsEmpty ? NamesOf(context.TargetCertificate) : item.Hosts)
                    byHost.TryAdd(host, context);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
            {
                errors.Add(new(
                    item.Place.Line, item.Place.Column, $"certificates: {item.CertificateFile} cannot be used: {error.Message.Split(" (Parameter", 2)[0].TrimEnd('.')}; it must be PEM, with its key there or in 'key'"));
            }
        }

        return new(config, byHost, first, files.DrainToImmutable());
    }

    /// <summary>The certificate for a server name: its own, else one for all names beside it (<c>*.shop.example</c>), else the first of the file.</summary>
    public SslStreamCertificateContext? Find(string? serverName)
    {
        if (string.IsNullOrEmpty(serverName))
            return _first;
        if (_byHost.TryGetValue(serverName, out var found))
            return found;
        var dot = serverName.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && _byHost.TryGetValue($"*{serverName[dot..]}", out found) ? found : _first;
    }

    private static SslStreamCertificateContext Read(CertificateConfig item)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(item.CertificateFile);
        return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(item.CertificateFile, item.KeyFile), chain, offline: true);
    }

    private static IEnumerable<string> NamesOf(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(static extension => extension.EnumerateDnsNames());
}
