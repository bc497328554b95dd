namespace Rollcall.TestKube.Access;

/// <summary>Who asks.</summary>
public sealed record KubeUser(string Name, params string[] Groups)
{
    /// <summary>Whose members may do everything.</summary>
    public const string Masters = "system:masters";

    /// <summary>The user kubeconfig files of the double name.</summary>
    public static readonly KubeUser Admin = new("kubernetes-admin", Masters, Authenticated);

    /// <summary>Nobody in particular: no credentials were sent.</summary>
    public static readonly KubeUser Anonymous = new("system:anonymous", "system:unauthenticated");

    internal const string Authenticated = "system:authenticated";

    public static KubeUser ServiceAccount(string @namespace, string name) =>
        new($"system:serviceaccount:{@namespace}:{name}", "system:serviceaccounts", $"system:serviceaccounts:{@namespace}", Authenticated);
}
