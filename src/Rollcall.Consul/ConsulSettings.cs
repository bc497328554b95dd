using System.Collections.Immutable;
using Rollcall.Servers;

namespace Rollcall.Consul;

/// <summary>The options of a source with what the environment adds to them. Never printed, as it holds the token.</summary>
internal sealed class ConsulSettings
{
    private const int MaxTokenBytes = 64 * 1024;

    private readonly string? _address;
    private readonly string? _token;
    private readonly string? _tokenFile;

    /// <param name="options">Checked.</param>
    /// <param name="variable">Looks up a variable of the environment.</param>
    public ConsulSettings(ConsulSourceOptions options, Func<string, string?> variable)
    {
        Options = options;
        Tls = new TlsOptions
        {
            CaFile = options.Tls.CaFile ?? NotEmpty(variable("CONSUL_CACERT")),
            CertificateFile = options.Tls.CertificateFile ?? NotEmpty(variable("CONSUL_CLIENT_CERT")),
            KeyFile = options.Tls.KeyFile ?? (options.Tls.CertificateFile is null ? NotEmpty(variable("CONSUL_CLIENT_KEY")) : null),
            ServerName = options.Tls.ServerName ?? NotEmpty(variable("CONSUL_TLS_SERVER_NAME")),
            SkipVerification = options.Tls.SkipVerification || NotEmpty(variable("CONSUL_HTTP_SSL_VERIFY")) is "false" or "0",
        };
        UseTls = options.Tls.CaFile is not null || options.Tls.CertificateFile is not null || options.Tls.ServerName is not null || options.Tls.SkipVerification
            || NotEmpty(variable("CONSUL_HTTP_SSL")) is "true" or "1";
        _address = NotEmpty(variable("CONSUL_HTTP_ADDR"));
        (_token, _tokenFile) = (options.Token, options.TokenFile) is (null, null)
            ? (NotEmpty(variable("CONSUL_HTTP_TOKEN")), NotEmpty(variable("CONSUL_HTTP_TOKEN_FILE")))
            : (options.Token, options.TokenFile);
        Namespace = options.Namespace ?? NotEmpty(variable("CONSUL_NAMESPACE"));
        Partition = options.Partition ?? NotEmpty(variable("CONSUL_PARTITION"));
    }

    public ConsulSourceOptions Options { get; }

    public TlsOptions Tls { get; }

    /// <summary>Whether agents that are named without a scheme are asked by https.</summary>
    public bool UseTls { get; }

    public string? Namespace { get; }

    public string? Partition { get; }

    /// <summary>The agents to ask when a target names none.</summary>
    /// <exception cref="DiscoveryException">The variable that names them makes no sense. Not told any sooner: whoever needs none of them is not concerned.</exception>
    public ImmutableArray<Uri> Agents
    {
        get
        {
            if (Options.Agents.Count > 0)
                return [.. Options.Agents];
            if (ConsulTarget.TryAgent(_address ?? "127.0.0.1", UseTls, out var agent))
                return [agent];
            throw new DiscoveryException($"The environment variable CONSUL_HTTP_ADDR is wrong: '{_address}' is no agent that can be asked by HTTP. Write it like http://127.0.0.1:8500.");
        }
    }

    /// <summary>The token of this moment; null for none.</summary>
    /// <exception cref="DiscoveryException">The file cannot be read.</exception>
    public string? ReadToken()
    {
        if (_tokenFile is not { } file || _token is not null)
            return _token;
        try
        {
            var text = new FileInfo(file) is { Exists: true, Length: > MaxTokenBytes }
                ? throw new IOException($"it has more than {MaxTokenBytes} bytes")
                : File.ReadAllText(file).Trim();
            return text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('!', '~') ? text : throw new IOException("it must hold one token and nothing else");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DiscoveryException($"The file {file} with the token for Consul cannot be used: {error.Message.TrimEnd('.')}.", error);
        }
    }

    private static string? NotEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
