using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Gateway.Certificates;
using Rollcall.Gateway.Configuration;
using Rollcall.TestKit.Network;

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
    public async Task A_certificate_whose_key_is_not_written_yet_leaves_the_one_before_until_it_is()
    {
        await using var backEnd = await TestBackEnd.SayingAsync("hello");
        var (file, key) = (Path.Combine(_directory.FullName, "pair.pem"), Path.Combine(_directory.FullName, "pair.key"));
        WritePair("old", file, key);
        await using var gateway = await TestGateway.StartAsync($"certificates: [{{ file: {file}, key: {key} }}]\ndefault: {backEnd.Target}", urls: "https://127.0.0.1:0");
        using var follower = new CertificateFollower(gateway.Host.Services.GetRequiredService<CertificateStore>(), TimeProvider.System, NullLogger<CertificateFollower>.Instance);

        var oldKey = await File.ReadAllTextAsync(key);
        WritePair("new", file, key);
        var newKey = await File.ReadAllTextAsync(key);
        await File.WriteAllTextAsync(key, oldKey);
        follower.Look();
        Assert.Equal("CN=old", (await HandshakeAsync(gateway, "shop.example")).Subject);

        await File.WriteAllTextAsync(key, newKey);
        follower.Look();
        Assert.Equal("CN=new", (await HandshakeAsync(gateway, "shop.example")).Subject);
    }

    [Fact]
    public void Certificates_of_a_file_that_came_into_force_meanwhile_are_not_replaced()
    {
        var store = new CertificateStore();
        var (seen, changed, newer) = (Load("seen"), Load("changed"), Load("newer"));
        store.Current = seen;

        Assert.True(store.TryReplace(seen, changed));
        store.Current = newer;
        Assert.False(store.TryReplace(changed, seen));
        Assert.Same(newer, store.Current);

        CertificateSet Load(string name)
        {
            var errors = new List<ConfigError>();
            var set = CertificateSet.Load([new(Write(name, "shop.example"), null, [], new Rollcall.Sources.Text.ScalarNode(null, 1, 1))], errors);
            Assert.Empty(errors);
            return set;
        }
    }

    [Fact]
    public async Task HTTP_3_is_spoken_where_the_platform_has_it_and_told_to_be_missing_where_not()
    {
        await using var backEnd = await TestBackEnd.StartAsync(static context => context.Response.WriteAsync($"{context.Request.Headers["X-Forwarded-Proto"]}"));
        using var said = new LogLines();

        // TCP and UDP have to agree on it, which one that is chosen when it is bound need not be.
        using var port = new ReservedPort();
        await using var gateway = await TestGateway.StartAsync(
            $"certificates: [{{ file: {Write("shop", "shop.example")} }}]\ndefault: {backEnd.Target}", TimeSpan.FromSeconds(2), logging => logging.AddProvider(said), urls: $"https://127.0.0.1:{port.Number}");
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null;
        using var client = new HttpClient(handler) { BaseAddress = gateway.Client.BaseAddress, DefaultRequestVersion = HttpVersion.Version30, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower };

        using var answer = await client.GetAsync(new Uri("/", UriKind.Relative));

        var expected = System.Net.Quic.QuicListener.IsSupported ? HttpVersion.Version30 : HttpVersion.Version20;
        Assert.Equal((expected, "https"), (answer.Version, await answer.Content.ReadAsStringAsync()));
        Assert.Equal(!System.Net.Quic.QuicListener.IsSupported, said.Any(static line => line.Contains("is served without HTTP/3", StringComparison.Ordinal)));
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

    private static void WritePair(string name, string file, string key)
    {
        var pair = TestCertificate.Make(name, "shop.example");
        File.WriteAllText(file, pair[0]);
        File.WriteAllText(key, pair[1]);
    }

    private string Write(string name, string host, string? file = null)
    {
        file ??= Path.Combine(_directory.FullName, $"{name}.pem");
        TestCertificate.Write(file, name, host);
        return file;
    }
}
