namespace Rollcall.TestKube.Storage;

/// <summary>One page of a list, or all of it.</summary>
/// <param name="Items">In the order of namespace and name.</param>
/// <param name="ResourceVersion">A watch from here misses nothing.</param>
/// <param name="Continue">Null on the last page.</param>
/// <param name="Remaining">How many follow; null where a selector makes the API server not count them.</param>
internal sealed record ListPage(IReadOnlyList<StoredObject> Items, long ResourceVersion, string? Continue, long? Remaining);
