namespace Rollcall.Kubernetes.Mapping;

/// <summary>What one object of the cluster says about one endpoint. Several may speak of the same.</summary>
/// <param name="Endpoint">The endpoint.</param>
/// <param name="Age">Larger for what was written later.</param>
/// <param name="IsPreferred">True when its address is of the preferred family.</param>
/// <param name="HasIdentity">True when its id is more than its address.</param>
internal sealed record EndpointCopy(Endpoint Endpoint, ulong Age, bool IsPreferred, bool HasIdentity);

/// <summary>What one object says.</summary>
/// <param name="Copies">Its endpoints that have the wanted port.</param>
/// <param name="MissingPort">The ports there are, when it has endpoints and none has the wanted one; null otherwise.</param>
/// <param name="IsTruncated">True when the cluster left endpoints out.</param>
internal sealed record MappedObject(IReadOnlyList<EndpointCopy> Copies, IReadOnlyList<string>? MissingPort = null, bool IsTruncated = false);
