using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rollcall.TestKube.Access;

/// <summary>Who is let in, by bearer token or client certificate, and what each may do. Changes hold from the next request on.</summary>
public sealed class AccessControl
{
    private readonly ConcurrentDictionary<string, KubeUser> _tokens = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ImmutableArray<AccessRule>> _rules = new(StringComparer.Ordinal);

    /// <summary>A new token of the user. It stays good until <see cref="RevokeToken"/>.</summary>
    public string IssueToken(KubeUser user)
    {
        var token = $"testkube-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}";
        _tokens[token] = user;
        return token;
    }

    /// <summary>From now on it is answered 401, as an expired one is.</summary>
    public void RevokeToken(string token) => _tokens.TryRemove(token, out _);

    /// <summary>Allows the user what the rules say, beside what it may already.</summary>
    public void Allow(KubeUser user, params AccessRule[] rules)
    {
        ArgumentNullException.ThrowIfNull(user);
        _rules.AddOrUpdate(user.Name, _ => [.. rules], (_, before) => [.. before, .. rules]);
    }

    /// <summary>Takes every rule of the user away.</summary>
    public void Forbid(KubeUser user)
    {
        ArgumentNullException.ThrowIfNull(user);
        _rules.TryRemove(user.Name, out _);
    }

    /// <summary>Null when the credentials are no good.</summary>
    internal KubeUser? Authenticate(string? authorization, X509Certificate2? certificate)
    {
        const string Bearer = "Bearer ";
        if (authorization is { Length: > 0 })
            return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? _tokens.GetValueOrDefault(authorization[Bearer.Length..].Trim()) : null;
        return certificate is null ? KubeUser.Anonymous : UserOf(certificate);
    }

    internal bool Allows(KubeUser user, string verb, string group, string resource, string? @namespace, string? name) =>
        user.Groups.Contains(KubeUser.Masters, StringComparer.Ordinal)
        || _rules.GetValueOrDefault(user.Name, []).Any(rule => rule.Allows(verb, group, resource, @namespace, name));

    /// <summary>Discovery is for everybody who is known, the version for everybody.</summary>
    internal static bool AllowsPath(KubeUser user, string path) =>
        user.Groups.Contains(KubeUser.Authenticated, StringComparer.Ordinal) || path is "/version" or "/healthz" or "/livez" or "/readyz";

    // The common name is the user, each organization a group.
    private static KubeUser UserOf(X509Certificate2 certificate)
    {
        var parts = certificate.SubjectName.EnumerateRelativeDistinguishedNames()
            .Select(static part => (Kind: part.GetSingleElementType().FriendlyName, Value: part.GetSingleElementValue() ?? ""))
            .ToArray();
        var groups = parts.Where(static part => part.Kind == "O").Select(static part => part.Value);
        return new(parts.First(static part => part.Kind == "CN").Value, [.. groups, KubeUser.Authenticated]);
    }
}
