using System.Security.Cryptography.X509Certificates;

namespace Rollcall.Kubernetes.Clusters;

/// <summary>The credentials of one cluster as they are now: token files are read again, plugins are asked again when theirs lapse.</summary>
internal sealed class ClusterCredentials(ClusterSettings settings, TimeProvider time) : IDisposable
{
    /// <summary>The largest token file; a token has some kilobytes.</summary>
    public const int MaxTokenBytes = 64 * 1024;

    // A credential that ends while the request is on its way is of no use.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _asking = new(1);
    private ExecCredential? _plugin;

    /// <summary>The certificate of a plugin, where that gave one.</summary>
    public X509Certificate2? Certificate => Volatile.Read(ref _plugin)?.Certificate;

    /// <summary>True when asking again may give something else than before.</summary>
    public bool CanRefresh => settings.TokenFile is not null || settings.Exec is not null;

    /// <summary>The token to send; null for none.</summary>
    /// <param name="refused">The credentials before were refused: a plugin is asked again though they have not lapsed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DiscoveryException">None can be had.</exception>
    public async ValueTask<string?> GetTokenAsync(bool refused, CancellationToken cancellationToken)
    {
        if (settings.TokenFile is { } file)
            return ReadToken(file);
        if (settings.Exec is not { } exec)
            return settings.Token;
        if (!refused && IsFresh(Volatile.Read(ref _plugin)))
            return _plugin!.Token;
        var before = Volatile.Read(ref _plugin);
        await _asking.WaitAsync(cancellationToken);
        try
        {
            // Whoever waited for another's question takes its answer.
            if (!IsFresh(_plugin) || (refused && ReferenceEquals(_plugin, before)))
                Volatile.Write(ref _plugin, await new ExecPlugin(exec, settings.Server, time).RunAsync(cancellationToken));
            return _plugin!.Token;
        }
        finally
        {
            _asking.Release();
        }
    }

    public void Dispose() => _asking.Dispose();

    private bool IsFresh(ExecCredential? credential) => credential is not null && (credential.Expires is not { } expires || expires - Margin > time.GetUtcNow());

    private static string ReadToken(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            if (stream.Length > MaxTokenBytes)
                throw new DiscoveryException($"The token file {file} has {stream.Length:N0} bytes; at most {MaxTokenBytes:N0} are read.");
            using var reader = new StreamReader(stream);
            var token = reader.ReadToEnd().Trim();
            return token.Length > 0 ? token : throw new DiscoveryException($"The token file {file} is empty.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DiscoveryException($"The token file {file} cannot be read: {error.Message}", error);
        }
    }
}
