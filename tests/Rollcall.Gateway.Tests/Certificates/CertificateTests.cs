using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Gateway.Certificates;
using Rollcall.Gateway.Configuration;

namespace Rollcall.Gateway.Tests.Certificates;

public sealed class CertificateTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("certificates-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("shop.example", "CN=shop")]
    [InlineData("SHOP.example", "CN=shop")]
    [InlineData("a.shop.example", "CN=wild")]
    [InlineData("a.b.shop.example", "CN=shop")] // a wildcard stands for one label
    [InlineData("other.example", "CN=shop")] // the first of the file
    [InlineData("named.example", "CN=named")]
    public async Task A_client_is_shown_the_certificate_of_the_host_it_asks_for(string host, string subject)
    {
        await using var backEnd = await TestBackEnd.SayingAsync("hello");
        await using var gateway = await TestGateway.StartAsync(
            $$"""
            certificates:
              - { file: {{Write("shop", "shop.example")}} }
              - { file: {{Write("wild", "*.shop.example")}} }
              - { file: {{Write("named", "any.example")}}, hosts: [named.example] }
            default: {{backEnd.Target}}
            """,
            urls: "https://127.0.0.1:0");

        Assert.Equal(subject, (await HandshakeAsync(gateway, host)).Subject);
    }

    [Fact]
    public async Task Encrypted_connections_negotiate_HTTP_2()
    {
        await using var backEnd = await TestBackEnd.SayingAsync("hello");
        await using var gateway = await TestGateway.StartAsync(
            $$"""
            certificates: [{ file: {{Write("shop", "shop.example")}} }]
            default: {{backEnd.Target}}
            """,
            urls: "https://127.0.0.1:0");
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null;
        using var client = new HttpClient(handler) { BaseAddress = gateway.Client.BaseAddress, DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };

        using var answer = await client.GetAsync(new Uri("/", UriKind.Relative));

        Assert.Equal((HttpVersion.Version20, "hello"), (answer.Version, await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task A_renewed_certificate_is_shown_to_new_connections_and_a_broken_one_never()
    {
        await using var backEnd = await TestBackEnd.SayingAsync("hello");
        var file = Write("old", "shop.example");
        await using var gateway = await TestGateway.StartAsync($"certificates: [{{ file: {file} }}]\ndefault: {backEnd.Target}", urls: "https://127.0.0.1:0");
        using var follower = new CertificateFollower(gateway.Host.Services.GetRequiredService<CertificateStore>(), TimeProvider.System, NullLogger<CertificateFollower>.Instance);
        Assert.Equal("CN=old", (await HandshakeAsync(gateway, "shop.example")).Subject);

        await File.WriteAllTextAsync(file, "half a certificate");
        follower.Look();
        Assert.Equal("CN=old", (await HandshakeAsync(gateway, "shop.example")).Subject);

        Write("new", "shop.example", file);
        follower.Look();
        Assert.Equal("CN=new", (await HandshakeAsync(gateway, "shop.example")).Subject);
    }

    [Fact]
    public async Task A_gateway_that_listens_encrypted_needs_a_certificate()
    {
        var error = await Assert.ThrowsAsync<RoutesFileException>(() => TestGateway.StartAsync("default: static:///a:1", urls: "https://127.0.0.1:0"));

        Assert.EndsWith("there are no 'certificates', but the gateway listens on https://127.0.0.1:0; name at least one, with 'file' and 'key'.", error.Message, StringComparison.Ordinal);
    }

    private static async Task<X509Certificate2> HandshakeAsync(TestGateway gateway, string host)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(gateway.Host.Urls.First()).Port);
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host, RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null });
        return X509CertificateLoader.LoadCertificate(tls.RemoteCertificate!.GetRawCertData());
    }

    private string Write(string name, string host, string? file = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        file ??= Path.Combine(_directory.FullName, $"{name}.pem");
        File.WriteAllText(file, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
        return file;
    }
}
