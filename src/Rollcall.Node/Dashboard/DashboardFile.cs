using System.IO.Compression;
using System.Security.Cryptography;

namespace Rollcall.Node.Dashboard;

/// <summary>A built file of the dashboard, as it was compressed when it was built.</summary>
internal sealed class DashboardFile
{
    private readonly Lazy<byte[]> _plain;

    /// <param name="path">Where it is asked for.</param>
    /// <param name="gzip">Its bytes, compressed.</param>
    public DashboardFile(string path, byte[] gzip)
    {
        Path = path;
        Gzip = gzip;
        ContentType = TypeOf(path);
        ETag = $"W/\"{Convert.ToHexStringLower(SHA256.HashData(gzip).AsSpan(0, 8))}\"";
        _plain = new(Decompress);
    }

    /// <summary>Where it is asked for, such as <c>/assets/index-4f1c.js</c>.</summary>
    public string Path { get; }

    /// <summary>Its media type.</summary>
    public string ContentType { get; }

    /// <summary>Changes with its bytes. Weak on the wire, since it is the same for both encodings.</summary>
    public string ETag { get; }

    /// <summary>Its bytes, compressed.</summary>
    public byte[] Gzip { get; }

    /// <summary>Its bytes, for the few clients that take nothing compressed.</summary>
    public byte[] Plain => _plain.Value;

    private byte[] Decompress()
    {
        using var stream = new GZipStream(new MemoryStream(Gzip), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        stream.CopyTo(plain);
        return plain.ToArray();
    }

    private static string TypeOf(string path) => System.IO.Path.GetExtension(path) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };
}
