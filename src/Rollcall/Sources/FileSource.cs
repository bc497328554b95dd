using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using Rollcall.Sources.Text;
using Rollcall.Watching;

namespace Rollcall.Sources;

/// <summary>
/// Endpoints from a YAML or JSON file (JSON when its name ends in <c>.json</c>): <c>file:///etc/services.yaml#orders</c>, or relative to the
/// working directory <c>file://./services.yaml#orders</c>. Read anew when it changes.
/// </summary>
/// <remarks>
/// <para>The file is a map of services to lists, a bare list (then without <c>#orders</c>), or a list of Prometheus target groups, of which
/// <c>#orders</c> takes those whose label <c>job</c> or <c>service</c> is <c>orders</c>. An entry is <c>host:port</c> or a map with
/// <c>host</c> (or <c>address</c>) and <c>port</c> or <c>ports</c>, and optionally <c>id</c>, <c>weight</c>, <c>zone</c>, <c>node</c>, <c>state</c>
/// or <c>ready</c>, <c>reason</c>, <c>metadata</c>.</para>
/// <para>A service the file does not name is empty. A file that is gone, unreadable or wrong leaves what was known, stale, with the line and column of the mistake.
/// At most 1 MiB; no anchors or aliases.</para>
/// </remarks>
/// <example>
/// <code>
/// orders:
///   - 10.0.0.5:8080
///   - { id: orders-2, host: 10.0.0.6, ports: { http: 8080, admin: 8081 }, weight: 50, zone: a, metadata: { version: v2 } }
/// </code>
/// </example>
public sealed class FileSource : DiscoverySource
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly FileSourceOptions _options;

    /// <summary>A source with these options.</summary>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="random">For jitter; null for one with a seed of its own.</param>
    public FileSource(FileSourceOptions? options = null, TimeProvider? time = null, Random? random = null)
        : base(time, random)
    {
        _options = options ?? new FileSourceOptions();
        if (_options.PollInterval <= TimeSpan.Zero || _options.Debounce < TimeSpan.Zero)
            throw new ArgumentException($"{nameof(FileSourceOptions.PollInterval)} must be more than 0 and {nameof(FileSourceOptions.Debounce)} at least 0.", nameof(options));
    }

    /// <inheritdoc />
    public override IReadOnlyCollection<string> Schemes { get; } = ["file"];

    /// <summary>Reading a file is cheap and a mistake in it soon mended: attempts are at most <see cref="FileSourceOptions.PollInterval"/> apart.</summary>
    protected override Backoff Backoff => new(TimeSpan.FromMilliseconds(100), _options.PollInterval);

    /// <inheritdoc />
    public override void Validate(ServiceTarget target) => PathOf(target);

    /// <inheritdoc />
    protected override async IAsyncEnumerable<SourceAnswer> ReadAsync(
        ServiceTarget target, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var path = PathOf(target);
        using var changes = new FileChanges(path, _options, Time);
        while (true)
        {
            var touched = changes.Touched;
            var stamp = FileStamp.Of(path);
            var bytes = await ReadBytesAsync(path, cancellationToken);
            yield return Parse(path, bytes, target.Fragment);
            await changes.WaitAsync(touched, stamp, cancellationToken);
        }
    }

    private static string PathOf(ServiceTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        const string example = "Example: file:///etc/services.yaml#orders, or file://./services.yaml#orders for a relative path.";
        if (target.Query.Count > 0)
            throw new ArgumentException($"The target {target} is malformed: a file takes no ?parameters. {example}", nameof(target));
        if (target.Path.Length == 0 || target.Path.EndsWith('/'))
            throw new ArgumentException($"The target {target} is malformed: it names no file. {example}", nameof(target));
        if (target.Authority is not ("" or "." or ".." or "localhost"))
            throw new ArgumentException($"The target {target} is malformed: '{target.Authority}' stands where only '.' may. {example}", nameof(target));
        var path = Uri.UnescapeDataString(target.Path);
        if (path.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException($"The target {target} is malformed: its path contains a null character. {example}", nameof(target));
        if (target.Authority is "." or "..")
            return Path.GetFullPath(Path.Combine(target.Authority, path));
        return Path.GetFullPath(OperatingSystem.IsWindows() ? path : "/" + path);
    }

    private static async Task<byte[]> ReadBytesAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous);
            // One byte more than allowed tells a file that is too large from one that just fits.
            var buffer = new byte[Math.Min(RandomAccess.GetLength(handle), DataLimits.MaxBytes) + 1];
            var length = 0;
            while (length < buffer.Length)
            {
                var read = await RandomAccess.ReadAsync(handle, buffer.AsMemory(length), length, cancellationToken);
                if (read == 0)
                    break;
                length += read;
            }

            return length > DataLimits.MaxBytes
                ? throw new DiscoveryException($"{path} is larger than {DataLimits.MaxBytes} bytes, the most a file of services may have. Split it.")
                : buffer[..length];
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DiscoveryException($"{path} does not exist. Create it, or correct the target.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DiscoveryException($"{path} cannot be read: {error.Message}", error);
        }
    }

    private static ImmutableArray<Endpoint> Parse(string path, byte[] bytes, string service)
    {
        try
        {
            var text = bytes.AsSpan();
            if (text.StartsWith(Encoding.UTF8.Preamble))
                text = text[Encoding.UTF8.Preamble.Length..];
            var root = path.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
                ? JsonData.Read(text)
                : YamlData.Read(StrictUtf8.GetString(text));
            return ServiceFile.Read(root, service);
        }
        catch (DataFormatException error)
        {
            throw new DiscoveryException($"{path}({error.Line},{error.Column}): {error.Message}.", error);
        }
        catch (DecoderFallbackException error)
        {
            throw new DiscoveryException($"{path} is no UTF-8 text (byte {error.Index}).", error);
        }
    }
}
