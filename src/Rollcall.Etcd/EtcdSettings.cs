using System.Collections.Immutable;
using Rollcall.Servers;

namespace Rollcall.Etcd;

/// <summary>The options of a source with what the environment adds to them. Immutable in use; never printed, as it holds the password.</summary>
internal sealed class EtcdSettings
{
    public static readonly Uri DefaultEndpoint = new("http://127.0.0.1:2379");

    private readonly string? _endpointsVariable;

    /// <param name="options">Checked.</param>
    /// <param name="variable">Looks up a variable of the environment.</param>
    public EtcdSettings(EtcdSourceOptions options, Func<string, string?> variable)
    {
        Options = options;
        Tls = new TlsOptions
        {
            CaFile = options.Tls.CaFile ?? NotEmpty(variable("ETCDCTL_CACERT")),
            CertificateFile = options.Tls.CertificateFile ?? NotEmpty(variable("ETCDCTL_CERT")),
            KeyFile = options.Tls.KeyFile ?? (options.Tls.CertificateFile is null ? NotEmpty(variable("ETCDCTL_KEY")) : null),
            ServerName = options.Tls.ServerName,
            SkipVerification = options.Tls.SkipVerification,
        };
        UseTls = Tls.CaFile is not null || Tls.CertificateFile is not null || Tls.ServerName is not null || Tls.SkipVerification;
        _endpointsVariable = NotEmpty(variable("ETCDCTL_ENDPOINTS"));
        (Username, Password) = (options.Username, options.Password);
        if (Username is null && NotEmpty(variable("ETCDCTL_USER")) is { } user)
        {
            var colon = user.IndexOf(':', StringComparison.Ordinal);
            Username = colon < 0 ? user : user[..colon];
            Password = NotEmpty(variable("ETCDCTL_PASSWORD")) ?? (colon < 0 ? null : user[(colon + 1)..]);
        }
    }

    public EtcdSourceOptions Options { get; }

    /// <summary>The members to ask when a target names none.</summary>
    /// <exception cref="DiscoveryException">The variable that names them makes no sense. Not told any sooner: whoever needs none of them is not concerned.</exception>
    public ImmutableArray<Uri> Endpoints => Options.Endpoints.Count > 0 ? [.. Options.Endpoints] : FromVariable(_endpointsVariable);

    public TlsOptions Tls { get; }

    public bool UseTls { get; }

    public string? Username { get; }

    private string? Password { get; }

    /// <exception cref="DiscoveryException">The file cannot be read.</exception>
    public string ReadPassword()
    {
        if (Options.PasswordFile is not { Length: > 0 } file)
            return Password ?? "";
        try
        {
            return File.ReadAllText(file).TrimEnd('\r', '\n');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DiscoveryException($"The file {file} with the password for etcd cannot be used: {error.Message.TrimEnd('.')}.", error);
        }
    }

    private ImmutableArray<Uri> FromVariable(string? text)
    {
        if (text is null)
            return [DefaultEndpoint];
        var endpoints = ImmutableArray.CreateBuilder<Uri>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            endpoints.Add(EtcdTarget.TryMember(part, UseTls, out var member)
                ? member
                : throw new DiscoveryException($"The environment variable ETCDCTL_ENDPOINTS is wrong: '{part}' is no member. Write it like http://10.0.0.5:2379."));
        }

        return endpoints.ToImmutable();
    }

    private static string? NotEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
