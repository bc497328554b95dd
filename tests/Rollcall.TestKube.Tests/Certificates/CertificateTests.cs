using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Rollcall.TestKit;
using Rollcall.TestKube.Access;
using Rollcall.TestKube.Certificates;

namespace Rollcall.TestKube.Tests.Certificates;

public sealed class CertificateTests
{
    private static readonly TimeProvider Clock = TimeProvider.System;

    [Fact]
    public async Task Only_who_trusts_the_authority_and_asks_for_the_right_name_gets_through()
    {
        await using var wrongName = await KubeServer.StartAsync(new() { ServerCertificate = static authority => authority.IssueServer("elsewhere") });
        using (var client = new KubeClient(wrongName))
            await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/version"));
        await using var expired = await KubeServer.StartAsync(new()
        {
            ServerCertificate = static authority => authority.IssueServer(Clock.GetUtcNow().AddDays(-2), Clock.GetUtcNow().AddDays(-1), "127.0.0.1"),
        });
        using (var client = new KubeClient(expired))
            await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/version"));
        await using var fine = await KubeServer.StartAsync();
        using (var client = new KubeClient(fine))
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/version")).Code);
    }

    [Fact]
    public async Task A_client_certificate_says_who_asks()
    {
        await using var cluster = await KubeServer.StartAsync();
        using var jane = cluster.Authority.IssueClient("jane", "developers");
        Assert.Equal("User \"jane\" cannot list resource \"pods\" in API group \"\" at the cluster scope", await RefusalAsync(cluster, jane));
        cluster.Access.Allow(new KubeUser("jane"), AccessRule.Read(null, "pods"));
        Assert.Null(await RefusalAsync(cluster, jane));
        using var master = cluster.Authority.IssueClient("root", KubeUser.Masters);
        Assert.Null(await RefusalAsync(cluster, master));
        using var otherAuthority = new CertificateAuthority(Clock);
        using var stranger = otherAuthority.IssueClient("root", KubeUser.Masters);
        await Assert.ThrowsAnyAsync<Exception>(() => RefusalAsync(cluster, stranger));
    }

    [Fact]
    public async Task Who_shows_nothing_is_anonymous_and_may_ask_for_the_version_only()
    {
        await using var cluster = await KubeServer.StartAsync();
        using var client = new KubeClient(cluster);
        client.Http.DefaultRequestHeaders.Authorization = null;
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/version")).Code);
        Assert.Equal("forbidden: User \"system:anonymous\" cannot get path \"/apis\"", (await client.GetAsync("/apis")).Json["message"]!.ToString());
        Assert.Contains("User \"system:anonymous\" cannot list resource \"pods\"", (await client.GetAsync("/api/v1/pods")).Json["message"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_are_those_of_a_pod_and_secrets_are_their_owners_alone()
    {
        await using var cluster = await KubeServer.StartAsync();
        var token = cluster.AddServiceAccount("shop", "default");
        var folder = Directory.CreateTempSubdirectory("rollcall-account-");
        try
        {
            cluster.WriteServiceAccount(folder.FullName, token, "shop");
            Assert.Equal((token, "shop", cluster.Authority.CertificatePem), (Read("token"), Read("namespace"), Read("ca.crt")));
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder.FullName, "token")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        string Read(string name) => File.ReadAllText(Path.Combine(folder.FullName, name));
    }

    // Why pods may not be listed, after "forbidden: "; null when they may.
    private static async Task<string?> RefusalAsync(KubeServer cluster, X509Certificate2 certificate)
    {
        using var authority = X509Certificate2.CreateFromPem(cluster.Authority.CertificatePem);
        using var handler = new SocketsHttpHandler();
        handler.SslOptions = new SslClientAuthenticationOptions
        {
            ClientCertificates = [certificate],
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck },
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(authority);
        using var http = new HttpClient(handler);
        using var response = await Eventually.Within(http.GetAsync(new Uri(cluster.Url, "/api/v1/pods")));
        if (response.IsSuccessStatusCode)
            return null;
        var message = System.Text.Json.Nodes.JsonNode.Parse(await response.Content.ReadAsStringAsync())!["message"]!.ToString();
        return message[(message.IndexOf("forbidden: ", StringComparison.Ordinal) + "forbidden: ".Length)..];
    }
}
