using Rollcall.Servers;
using Rollcall.TestKit;
using Rollcall.TestKit.Network;
using Rollcall.Tests.Sources;

namespace Rollcall.Tests.Servers;

public sealed class ServerTrustTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TemporaryDirectory _directory = new();

    private string CaFile => _authority.WriteTo(_directory.PathOf("ca.pem"));

    public void Dispose()
    {
        _authority.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_certificate_of_the_named_authority_for_the_host_is_trusted()
    {
        await using var server = new TlsServer(_authority.IssueServer(["127.0.0.1", "localhost"]));
        Assert.Equal("nobody", await AskAsync(server, new TlsOptions { CaFile = CaFile }));
        Assert.Equal("nobody", await AskAsync(server, new TlsOptions { CaFile = CaFile }, host: "localhost"));
    }

    [Fact]
    public async Task A_wrong_name_is_named_together_with_the_right_ones()
    {
        await using var server = new TlsServer(_authority.IssueServer(["registry.example", "10.0.0.9"]));
        var error = await RefusedAsync(server, new TlsOptions { CaFile = CaFile });
        Assert.Contains("is for registry.example, 10.0.0.9, not for", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_name_to_expect_may_be_another_than_the_hosts()
    {
        await using var server = new TlsServer(_authority.IssueServer(["registry.example"]));
        Assert.Equal("nobody", await AskAsync(server, new TlsOptions { CaFile = CaFile, ServerName = "registry.example" }));

        await using var ofTheHost = new TlsServer(_authority.IssueServer(["127.0.0.1"]));
        var error = await RefusedAsync(ofTheHost, new TlsOptions { CaFile = CaFile, ServerName = "registry.example" });
        Assert.Contains("is for 127.0.0.1, not for", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_chain_names_the_issuer()
    {
        using var stranger = new TestAuthority("Stranger");
        await using var server = new TlsServer(stranger.IssueServer(["127.0.0.1"]));
        Assert.Contains("nobody we trust has signed", await RefusedAsync(server, new TlsOptions { CaFile = CaFile }), StringComparison.Ordinal);
        var bySystem = await RefusedAsync(server, null);
        Assert.Contains("CN=Stranger", bySystem, StringComparison.Ordinal);
        Assert.DoesNotContain("ExceptionMessage", bySystem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_authority_of_the_same_name_with_another_key_is_not_trusted()
    {
        using var impostor = new TestAuthority();
        await using var server = new TlsServer(impostor.IssueServer(["127.0.0.1"]));
        Assert.Contains("nobody we trust has signed", await RefusedAsync(server, new TlsOptions { CaFile = CaFile }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clients_certificate_does_not_pass_for_a_servers()
    {
        await using var server = new TlsServer(_authority.IssueClient("127.0.0.1"));
        Assert.Contains("is not trusted", await RefusedAsync(server, new TlsOptions { CaFile = CaFile }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_certificate_is_told_with_its_dates()
    {
        var now = TimeProvider.System.GetUtcNow();
        await using var server = new TlsServer(_authority.IssueServer(["127.0.0.1"], now.AddDays(-9), now.AddDays(-2)));
        var error = await RefusedAsync(server, new TlsOptions { CaFile = CaFile });
        Assert.Contains($"is valid from {now.AddDays(-9):yyyy-MM-dd}", error, StringComparison.Ordinal);
        Assert.Contains($"to {now.AddDays(-2):yyyy-MM-dd}", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_is_not_yet_valid_is_told_with_its_dates()
    {
        var now = TimeProvider.System.GetUtcNow();
        await using var server = new TlsServer(_authority.IssueServer(["127.0.0.1"], now.AddDays(3), now.AddDays(9)));
        Assert.Contains($"is valid from {now.AddDays(3):yyyy-MM-dd}", await RefusedAsync(server, new TlsOptions { CaFile = CaFile }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificates_are_judged_by_the_clock_given()
    {
        var now = TimeProvider.System.GetUtcNow();
        await using var server = new TlsServer(_authority.IssueServer(["127.0.0.1"], now.AddDays(-9), now.AddDays(-2)));
        Assert.Equal("nobody", await AskAsync(server, new TlsOptions { CaFile = CaFile }, time: new VirtualTime(now.AddDays(-5))));
    }

    [Fact]
    public async Task Skipping_verification_accepts_anything()
    {
        using var stranger = new TestAuthority("Stranger");
        var now = TimeProvider.System.GetUtcNow();
        await using var server = new TlsServer(stranger.IssueServer(["nowhere.example"], now.AddDays(-9), now.AddDays(-2)));
        Assert.Equal("nobody", await AskAsync(server, new TlsOptions { SkipVerification = true, ServerName = "registry.example" }));
    }

    [Fact]
    public async Task A_client_certificate_is_shown_from_two_files_or_one()
    {
        await using var server = new TlsServer(_authority.IssueServer(["127.0.0.1"]), _authority.Certificate);
        var (certificate, key) = TestAuthority.Write(_authority.IssueClient("orders"), _directory.Root, "orders");
        Assert.Equal("CN=orders", await AskAsync(server, new TlsOptions { CaFile = CaFile, CertificateFile = certificate, KeyFile = key }));

        File.AppendAllText(certificate, "\n" + File.ReadAllText(key));
        Assert.Equal("CN=orders", await AskAsync(server, new TlsOptions { CaFile = CaFile, CertificateFile = certificate }));
    }

    [Fact]
    public async Task A_server_that_asks_for_a_certificate_we_do_not_have_is_a_failure_and_not_called_untrusted()
    {
        await using var server = new TlsServer(_authority.IssueServer(["127.0.0.1"]), _authority.Certificate);
        var error = await RefusedAsync(server, new TlsOptions { CaFile = CaFile });
        Assert.DoesNotContain("is not trusted", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing.pem", null, "missing.pem")]
    [InlineData("garbage.pem", null, "garbage.pem")]
    [InlineData("empty.pem", null, "there is no certificate in it")]
    [InlineData(null, "missing.pem", "client certificate")]
    [InlineData(null, "garbage.pem", "client certificate")]
    public void A_file_that_cannot_be_used_is_named(string? ca, string? certificate, string expected)
    {
        File.WriteAllText(_directory.PathOf("garbage.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        File.WriteAllText(_directory.PathOf("empty.pem"), "");
        var options = new TlsOptions { CaFile = ca is null ? null : _directory.PathOf(ca), CertificateFile = certificate is null ? null : _directory.PathOf(certificate) };
        var error = Assert.Throws<DiscoveryException>(() => ServerTrust.Create(options, TimeProvider.System));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_key_of_another_certificate_is_told_as_a_file_that_cannot_be_used()
    {
        var (certificate, _) = TestAuthority.Write(_authority.IssueClient("orders"), _directory.Root, "orders");
        var (_, key) = TestAuthority.Write(_authority.IssueClient("other"), _directory.Root, "other");

        var error = Assert.Throws<DiscoveryException>(() => ServerTrust.Create(new TlsOptions { CertificateFile = certificate, KeyFile = key }, TimeProvider.System));

        Assert.Contains(certificate, error.Message, StringComparison.Ordinal);
    }

    private static async Task<string> RefusedAsync(TlsServer server, TlsOptions? options)
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => AskAsync(server, options));
        Assert.True(ServerFailure.IsTransport(error), error.ToString());
        return ServerFailure.Explain("ask", new Uri($"https://127.0.0.1:{server.Port}/"), error, "Do something.").Message;
    }

    private static async Task<string> AskAsync(TlsServer server, TlsOptions? options, string host = "127.0.0.1", TimeProvider? time = null)
    {
        using var http = ServerHttp.CreateClient(ServerTrust.Create(options, time ?? TimeProvider.System));
        return await Eventually.Within(http.GetStringAsync(new Uri($"https://{host}:{server.Port}/")));
    }
}
