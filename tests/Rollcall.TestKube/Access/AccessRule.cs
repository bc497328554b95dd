namespace Rollcall.TestKube.Access;

/// <summary>What a rule of a Role (in one namespace) or of a ClusterRole allows. A <c>*</c> stands for all.</summary>
/// <param name="Verbs">Such as <c>get</c>, <c>list</c>, <c>watch</c>.</param>
/// <param name="ApiGroups">The core group is the empty string.</param>
/// <param name="Resources">Such as <c>pods</c>, <c>statefulsets/scale</c>.</param>
public sealed record AccessRule(IReadOnlyCollection<string> Verbs, IReadOnlyCollection<string> ApiGroups, IReadOnlyCollection<string> Resources)
{
    /// <summary>Where it holds; null in the whole cluster, and for what is in no namespace.</summary>
    public string? Namespace { get; init; }

    /// <summary>The objects it holds for; none means all.</summary>
    public IReadOnlyCollection<string> ResourceNames { get; init; } = [];

    /// <summary>Reading and watching, of resources in any group.</summary>
    public static AccessRule Read(string? @namespace, params string[] resources) => new(["get", "list", "watch"], ["*"], resources) { Namespace = @namespace };

    internal bool Allows(string verb, string group, string resource, string? @namespace, string? name) =>
        (Namespace is null || Namespace == @namespace)
        && Has(Verbs, verb)
        && Has(ApiGroups, group)
        && Has(Resources, resource)
        && (ResourceNames.Count == 0 || (name is not null && ResourceNames.Contains(name, StringComparer.Ordinal)));

    private static bool Has(IReadOnlyCollection<string> allowed, string asked) =>
        allowed.Contains("*", StringComparer.Ordinal) || allowed.Contains(asked, StringComparer.Ordinal);
}
