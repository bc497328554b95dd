using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Rollcall.Kubernetes.Objects;

namespace Rollcall.Kubernetes.Clusters;

/// <summary>What a credential plugin has answered. Holds secrets.</summary>
internal sealed class ExecCredential
{
    public string? Token { get; private init; }

    public X509Certificate2? Certificate { get; private init; }

    /// <summary>When the plugin must be asked again; null when only the server's refusal says so.</summary>
    public DateTimeOffset? Expires { get; private init; }

    /// <exception cref="JsonException">It is no <c>ExecCredential</c> of the version, or has no credentials; the message never quotes it.</exception>
    public static ExecCredential Parse(ReadOnlySpan<byte> utf8, string apiVersion)
    {
        string? kind = null, version = null, token = null, certificate = null, key = null;
        DateTimeOffset? expires = null;
        var json = new Utf8JsonReader(utf8);
        if (!json.Read())
            throw new JsonException("it is empty");
        json.RequireObject();
        while (json.NextField())
        {
            if (json.Is("kind"u8))
                kind = json.Text();
            else if (json.Is("apiVersion"u8))
                version = json.Text();
            else if (json.Is("status"u8))
                (token, certificate, key, expires) = ReadStatus(ref json);
            else
                json.SkipField();
        }

        if (kind != "ExecCredential" || version != apiVersion)
            throw new JsonException($"it is no ExecCredential of {apiVersion}, as the kubeconfig says it would be");
        if (string.IsNullOrEmpty(token) && string.IsNullOrEmpty(certificate))
            throw new JsonException("it has neither a token nor a certificate");
        return new ExecCredential { Token = token, Certificate = ReadCertificate(certificate, key), Expires = expires };
    }

    private static X509Certificate2? ReadCertificate(string? certificate, string? key)
    {
        if (string.IsNullOrEmpty(certificate))
            return null;
        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException) // the latter for a key of another certificate
        {
            throw new JsonException("its certificate and key cannot be used", error);
        }
    }

    private static (string? Token, string? Certificate, string? Key, DateTimeOffset? Expires) ReadStatus(ref Utf8JsonReader json)
    {
        string? token = null, certificate = null, key = null;
        DateTimeOffset? expires = null;
        if (json.EnterObject())
        {
            while (json.NextField())
            {
                if (json.Is("token"u8))
                    token = json.Text();
                else if (json.Is("clientCertificateData"u8))
                    certificate = json.Text();
                else if (json.Is("clientKeyData"u8))
                    key = json.Text();
                else if (json.Is("expirationTimestamp"u8))
                    expires = json.Time();
                else
                    json.SkipField();
            }
        }

        return (token, certificate, key, expires);
    }
}
