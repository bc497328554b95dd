using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Rollcall.TestKit;
using Rollcall.TestKit.Sources;
using Rollcall.TestKube;
using Rollcall.TestKube.Access;
using Rollcall.TestKube.Certificates;

namespace Rollcall.Kubernetes.Tests.Reading;

/// <summary>Client certificates that are replaced while the server still takes the old ones: it looks at one only when a connection begins.</summary>
public sealed class RotationTests
{
    private const string Version = "client.authentication.k8s.io/v1";

    [Fact]
    public async Task A_certificate_file_that_has_changed_is_shown_to_the_server_with_the_next_request()
    {
        await using var cluster = await TestCluster.StartAsync();
        WriteFiles(cluster, "alice");
        WriteUser(cluster, $"client-certificate: {cluster.Folder}/tls.crt", $"client-key: {cluster.Folder}/tls.key");

        await FollowsAsync(cluster, () => WriteFiles(cluster, "bob"));
    }

    [Fact]
    public async Task A_certificate_whose_key_is_not_there_yet_leaves_the_old_one_in_use()
    {
        await using var cluster = await TestCluster.StartAsync();
        WriteFiles(cluster, "bob");
        WriteUser(cluster, $"client-certificate: {cluster.Folder}/tls.crt", $"client-key: {cluster.Folder}/tls.key");

        await FollowsAsync(cluster, () => File.WriteAllText(Path.Combine(cluster.Folder, "tls.crt"), Issue(cluster, "alice").Certificate));
    }

    [Fact]
    public async Task Another_certificate_of_a_plugin_is_shown_to_the_server_with_the_next_request()
    {
        await using var cluster = await TestCluster.StartAsync();
        var script = Path.Combine(cluster.Folder, "plugin.sh");
        WriteAnswer(cluster, "alice");
        File.WriteAllText(script, $"#!/bin/sh\ncat {cluster.Folder}/answer\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        WriteUser(cluster, $"exec: {{ apiVersion: {Version}, command: {script}, interactiveMode: Never }}");

        await FollowsAsync(cluster, () => WriteAnswer(cluster, "bob"));
    }

    private static async Task FollowsAsync(TestCluster cluster, Action rotate)
    {
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.1"));
        cluster.Server.Access.Allow(new KubeUser("alice"), AccessRule.Read("shop", "endpointslices"));
        cluster.Server.Access.Allow(new KubeUser("bob"), AccessRule.Read("shop", "endpointslices"));
        await using var watch = new WatchRecorder(cluster.Source(static options => options.Linger = TimeSpan.FromMinutes(1)), ServiceTarget.Parse("k8s:///shop/orders"));
        await Eventually.True(() => watch.Last is not null);
        await Eventually.True(() => cluster.Server.Counters.OpenWatches == 1);

        rotate();
        cluster.Server.Access.Forbid(new KubeUser("alice"));
        cluster.Server.Faults.DropWatches();
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.2"));

        await Eventually.True(() => watch.Last!.Endpoints is [{ Host: "10.0.0.2" }]);
        Assert.All(watch.Seen, static set => Assert.True(set.Freshness.IsLive));
    }

    private static (string Certificate, string Key) Issue(TestCluster cluster, string user)
    {
        using var certificate = cluster.Server.Authority.IssueClient(user);
        using var key = certificate.GetECDsaPrivateKey()!;
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    private static void WriteFiles(TestCluster cluster, string user)
    {
        var (certificate, key) = Issue(cluster, user);
        File.WriteAllText(Path.Combine(cluster.Folder, "tls.crt"), certificate);
        ClientFiles.WritePrivate(Path.Combine(cluster.Folder, "tls.key"), key);
    }

    // One that has lapsed already is asked for with every request.
    private static void WriteAnswer(TestCluster cluster, string user)
    {
        var (certificate, key) = Issue(cluster, user);
        ClientFiles.WritePrivate(Path.Combine(cluster.Folder, "answer"), JsonSerializer.Serialize(new
        {
            kind = "ExecCredential",
            apiVersion = Version,
            status = new { clientCertificateData = certificate, clientKeyData = key, expirationTimestamp = "2020-01-01T00:00:00Z" },
        }));
    }

    private static void WriteUser(TestCluster cluster, params string[] lines)
    {
        var token = $"    token: {cluster.Server.AdminToken}";
        cluster.WriteKubeconfig(cluster.Server.Kubeconfig().Replace(token, string.Join('\n', lines.Select(static line => $"    {line}")), StringComparison.Ordinal));
    }
}
