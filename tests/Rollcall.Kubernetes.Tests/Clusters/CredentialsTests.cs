using System.Globalization;
using System.Text;
using System.Text.Json;
using Rollcall.Kubernetes.Clusters;
using Rollcall.TestKit;

namespace Rollcall.Kubernetes.Tests.Clusters;

public sealed class CredentialsTests : IDisposable
{
    private const string V1 = "client.authentication.k8s.io/v1";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("rollcall-credentials-");

    [Fact]
    public async Task A_token_file_is_read_again_as_it_rotates()
    {
        var file = Path.Combine(_directory.FullName, "token");
        await File.WriteAllTextAsync(file, "one\n");
        using var credentials = new ClusterCredentials(Settings(tokenFile: file), TimeProvider.System);
        Assert.Equal("one", await credentials.GetTokenAsync(false, CancellationToken.None));
        await File.WriteAllTextAsync(file, "two");
        Assert.Equal("two", await credentials.GetTokenAsync(false, CancellationToken.None));
        await File.WriteAllTextAsync(file, "");
        Assert.Contains("empty", (await Fails(credentials)).Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, new string('x', ClusterCredentials.MaxTokenBytes + 1));
        Assert.Contains("65,536", (await Fails(credentials)).Message, StringComparison.Ordinal);
        File.Delete(file);
        Assert.Contains(file, (await Fails(credentials)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plugin_is_asked_when_its_credential_lapses_or_was_refused_and_not_otherwise()
    {
        var time = new VirtualTime();
        var runs = Path.Combine(_directory.FullName, "runs");
        var expires = (time.GetUtcNow() + TimeSpan.FromMinutes(5)).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var plugin = Script($$$"""
            echo run >> {{{runs}}}
            n=$(wc -l < {{{runs}}} | tr -d ' ')
            echo '{"kind":"ExecCredential","apiVersion":"{{{V1}}}","spec":{},"status":{"token":"token-'$n-$REGION-$1'","expirationTimestamp":"{{{expires}}}"}}'
            """);
        using var credentials = new ClusterCredentials(Settings(plugin), time);

        Assert.Equal("token-1-eu-arg", await credentials.GetTokenAsync(false, CancellationToken.None));
        Assert.Equal("token-1-eu-arg", await credentials.GetTokenAsync(false, CancellationToken.None));
        Assert.Equal("token-2-eu-arg", await credentials.GetTokenAsync(true, CancellationToken.None));
        time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal("token-2-eu-arg", await credentials.GetTokenAsync(false, CancellationToken.None));
        time.Advance(TimeSpan.FromSeconds(51)); // a few seconds before it lapses
        Assert.Equal("token-3-eu-arg", await credentials.GetTokenAsync(false, CancellationToken.None));
    }

    [Fact]
    public async Task A_plugin_is_told_the_version_and_the_cluster()
    {
        var info = Path.Combine(_directory.FullName, "info");
        var plugin = Script($$$"""
            printf '%s' "$KUBERNETES_EXEC_INFO" > {{{info}}}
            echo '{"kind":"ExecCredential","apiVersion":"{{{V1}}}","status":{"token":"t"}}'
            """);
        using var credentials = new ClusterCredentials(Settings(plugin), TimeProvider.System);
        await credentials.GetTokenAsync(false, CancellationToken.None);

        using var told = JsonDocument.Parse(await File.ReadAllTextAsync(info));
        Assert.Equal(V1, told.RootElement.GetProperty("apiVersion").GetString());
        Assert.False(told.RootElement.GetProperty("spec").GetProperty("interactive").GetBoolean());
        Assert.Equal("https://10.0.0.1:6443", told.RootElement.GetProperty("spec").GetProperty("cluster").GetProperty("server").GetString());
    }

    [Theory]
    [InlineData("echo no login >&2; exit 3", "ended with 3: no login")]
    [InlineData("exit 1", "it says nothing about why")]
    [InlineData("echo secret-token", "no such JSON")]
    [InlineData("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1beta1\",\"status\":{\"token\":\"secret\"}}'", "no ExecCredential of client.authentication.k8s.io/v1")]
    [InlineData("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{}}'", "neither a token nor a certificate")]
    [InlineData("yes secret", "prints more than 1,048,576 bytes")]
    public async Task A_plugin_that_fails_is_named_with_the_reason_but_never_with_what_it_printed(string body, string expected)
    {
        using var credentials = new ClusterCredentials(Settings(Script(body)), TimeProvider.System);

        var error = await Fails(credentials);

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("plugin.sh", error.Message, StringComparison.Ordinal);
        Assert.Contains("ask the platform team", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plugin_that_hangs_is_ended()
    {
        var time = new VirtualTime();
        var pid = Path.Combine(_directory.FullName, "pid");
        using var credentials = new ClusterCredentials(Settings(Script($"echo $$ > {pid}; exec sleep 1000")), time);
        var asking = credentials.GetTokenAsync(false, CancellationToken.None).AsTask();
        await Eventually.True(() => File.Exists(pid) && File.ReadAllText(pid).Length > 1);

        time.Advance(ExecPlugin.Timeout);

        var error = await Assert.ThrowsAsync<DiscoveryException>(() => Eventually.Within(asking));
        Assert.Contains("30s", error.Message, StringComparison.Ordinal);
        await Eventually.True(() => !Directory.Exists($"/proc/{File.ReadAllText(pid).Trim()}"));
    }

    [Fact]
    public async Task A_plugin_that_has_ended_is_not_waited_for_because_of_a_child_it_left_behind()
    {
        var pid = Path.Combine(_directory.FullName, "pid");
        using var credentials = new ClusterCredentials(
            Settings(Script($$$"""
                sleep 600 &
                echo $! > {{{pid}}}
                echo '{"kind":"ExecCredential","apiVersion":"{{{V1}}}","status":{"token":"t"}}'
                """)),
            TimeProvider.System);
        var start = TimeProvider.System.GetTimestamp();

        Assert.Equal("t", await credentials.GetTokenAsync(false, CancellationToken.None));

        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromMinutes(5));
        using var child = System.Diagnostics.Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(pid), CultureInfo.InvariantCulture));
        child.Kill();
    }

    [Fact]
    public async Task A_plugin_that_is_not_there_is_named()
    {
        using var credentials = new ClusterCredentials(Settings(Path.Combine(_directory.FullName, "missing")), TimeProvider.System);
        Assert.Contains("cannot be started", (await Fails(credentials)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plugin_may_give_a_certificate()
    {
        using var key = System.Security.Cryptography.ECDsa.Create();
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=me", key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var json = JsonSerializer.SerializeToUtf8Bytes(new
        {
            kind = "ExecCredential",
            apiVersion = V1,
            status = new { clientCertificateData = certificate.ExportCertificatePem(), clientKeyData = key.ExportPkcs8PrivateKeyPem() },
        });

        var credential = ExecCredential.Parse(json, V1);

        Assert.Equal("CN=me", credential.Certificate!.Subject);
        Assert.True(credential.Certificate.HasPrivateKey);
        Assert.Null(credential.Expires);
        var broken = Encoding.UTF8.GetString(json).Replace("BEGIN PRIVATE", "BEGIN", StringComparison.Ordinal);
        Assert.Throws<JsonException>(() => ExecCredential.Parse(Encoding.UTF8.GetBytes(broken), V1));
        using var other = System.Security.Cryptography.ECDsa.Create();
        var mixed = JsonSerializer.SerializeToUtf8Bytes(new
        {
            kind = "ExecCredential",
            apiVersion = V1,
            status = new { clientCertificateData = certificate.ExportCertificatePem(), clientKeyData = other.ExportPkcs8PrivateKeyPem() },
        });
        Assert.Throws<JsonException>(() => ExecCredential.Parse(mixed, V1));
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static async Task<DiscoveryException> Fails(ClusterCredentials credentials) =>
        await Assert.ThrowsAsync<DiscoveryException>(() => Eventually.Within(credentials.GetTokenAsync(false, CancellationToken.None).AsTask()));

    private static ClusterSettings Settings(string? command = null, string? tokenFile = null) => new()
    {
        Name = "test",
        Server = new Uri("https://10.0.0.1:6443"),
        TokenFile = tokenFile,
        Exec = command is null ? null : new ExecSettings(V1, command, ["arg"], [new("REGION", "eu")], "/", ProvideClusterInfo: true, "Or ask the platform team."),
    };

    private string Script(string body)
    {
        var file = Path.Combine(_directory.FullName, "plugin.sh");
        File.WriteAllText(file, $"#!/bin/sh\n{body}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return file;
    }
}
