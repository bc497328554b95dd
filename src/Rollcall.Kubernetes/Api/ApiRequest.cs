namespace Rollcall.Kubernetes.Api;

/// <summary>One request, and how people and roles speak of it.</summary>
/// <param name="Verb">As roles name it: <c>get</c>, <c>list</c> or <c>watch</c>.</param>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Resource">The plural.</param>
/// <param name="Namespace">Null for what belongs to the whole cluster.</param>
/// <param name="Path">With its query, without a leading slash.</param>
internal sealed record ApiRequest(string Verb, string Group, string Resource, string? Namespace, string Path)
{
    /// <inheritdoc />
    public override string ToString() => $"{Verb} {Resource}{(Group.Length == 0 ? "" : $".{Group}")}{(Namespace is null ? "" : $" in the namespace {Namespace}")}";
}
