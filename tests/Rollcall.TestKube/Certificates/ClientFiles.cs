using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Rollcall.TestKube.Certificates;

/// <summary>The files by which clients find a cluster and prove who they are.</summary>
public static class ClientFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>A kubeconfig with a bearer token.</summary>
    public static string Kubeconfig(Uri server, string caPem, string user, string token, string @namespace = "default") =>
        Compose(server, caPem, user, @namespace, $"    token: {token}");

    /// <summary>A kubeconfig with a client certificate.</summary>
    public static string Kubeconfig(Uri server, string caPem, string user, X509Certificate2 certificate, string @namespace = "default")
    {
        ArgumentNullException.ThrowIfNull(certificate);
        using var key = certificate.GetECDsaPrivateKey()!;
        return Compose(
            server,
            caPem,
            user,
            @namespace,
            $"    client-certificate-data: {Base64(certificate.ExportCertificatePem())}\n    client-key-data: {Base64(key.ExportPkcs8PrivateKeyPem())}");
    }

    /// <summary>Writes <c>token</c>, <c>ca.crt</c> and <c>namespace</c> as a pod finds them under <c>/var/run/secrets/kubernetes.io/serviceaccount</c>.</summary>
    public static void WriteServiceAccount(string directory, string caPem, string token, string @namespace)
    {
        Directory.CreateDirectory(directory);
        WritePrivate(Path.Combine(directory, "token"), token);
        File.WriteAllText(Path.Combine(directory, "ca.crt"), caPem);
        File.WriteAllText(Path.Combine(directory, "namespace"), @namespace);
    }

    /// <summary>Writes a file that only its owner may read.</summary>
    public static void WritePrivate(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        using var file = new StreamWriter(path, options);
        file.Write(text);
    }

    private static string Compose(Uri server, string caPem, string user, string @namespace, string credentials) => $"""
        apiVersion: v1
        kind: Config
        current-context: testkube
        clusters:
        - name: testkube
          cluster:
            server: {server.GetLeftPart(UriPartial.Authority)}
            certificate-authority-data: {Base64(caPem)}
        contexts:
        - name: testkube
          context:
            cluster: testkube
            user: {user}
            namespace: {@namespace}
        users:
        - name: {user}
          user:
        {credentials}

        """;

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
