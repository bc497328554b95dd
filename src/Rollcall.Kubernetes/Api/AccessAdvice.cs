using System.Text.RegularExpressions;

namespace Rollcall.Kubernetes.Api;

/// <summary>Says which right is missing and prints the role that would grant it, ready for <c>kubectl apply</c>.</summary>
internal static partial class AccessAdvice
{
    private const string RoleName = "rollcall";

    /// <summary>A message for a request that was answered by 403.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="server">Who was asked.</param>
    /// <param name="serverMessage">What it said; names the user as a rule.</param>
    public static string Explain(ApiRequest request, string server, string serverMessage)
    {
        var said = serverMessage.Length == 0 ? "" : $" It says: {serverMessage}.".Replace("..", ".", StringComparison.Ordinal);
        return $"Not allowed to {request} at {server}.{said} Grant it, for example by kubectl apply -f - with:\n{Role(request, serverMessage)}";
    }

    // All verbs of one resource go together: who may list and not watch has gained nothing.
    private static string Role(ApiRequest request, string serverMessage)
    {
        var kind = request.Namespace is null ? "ClusterRole" : "Role";
        var space = request.Namespace is null ? "" : $", namespace: {request.Namespace}";
        return
            $"""
            apiVersion: rbac.authorization.k8s.io/v1
            kind: {kind}
            metadata: {Braces($"name: {RoleName}{space}")}
            rules:
              - apiGroups: ["{request.Group}"]
                resources: ["{request.Resource}"]
                verbs: [{(request.Verb == "get" ? "\"get\"" : "\"get\", \"list\", \"watch\"")}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: {kind}Binding
            metadata: {Braces($"name: {RoleName}{space}")}
            roleRef: {Braces($"apiGroup: rbac.authorization.k8s.io, kind: {kind}, name: {RoleName}")}
            subjects:
              - {Braces(Subject(serverMessage, request.Namespace))}
            """;
    }

    private static string Subject(string serverMessage, string? space)
    {
        var match = UserName().Match(serverMessage);
        if (!match.Success)
            return $"kind: ServiceAccount, name: default, namespace: {space ?? "default"}";
        return match.Groups["account"].Success
            ? $"kind: ServiceAccount, name: {match.Groups["account"].Value}, namespace: {match.Groups["space"].Value}"
            : $"apiGroup: rbac.authorization.k8s.io, kind: User, name: \"{match.Groups["user"].Value}\"";
    }

    private static string Braces(string content) => "{ " + content + " }";

    [GeneratedRegex("""[Uu]ser "(?<user>system:serviceaccount:(?<space>[a-z0-9-]+):(?<account>[a-z0-9.-]+)|[^"]+)" """, RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex UserName();
}
