using Rollcall.TestKube.Objects;

namespace Rollcall.TestKube.Api;

/// <summary>Which versions of endpoint slices a cluster serves.</summary>
public enum SliceSupport
{
    /// <summary>Both, as from 1.21 to 1.24.</summary>
    Both,

    /// <summary>As from 1.25.</summary>
    V1,

    /// <summary>As from 1.17 to 1.20.</summary>
    V1Beta1,

    /// <summary>As before 1.16: everything below the group is 404.</summary>
    None,
}

/// <summary>What the cluster serves just now.</summary>
internal sealed class ServedApis
{
    private volatile SliceSupport _slices = SliceSupport.V1;

    public SliceSupport Slices
    {
        get => _slices;
        set => _slices = value;
    }

    public IEnumerable<ApiResource> Resources => ApiResource.All.Where(IsServed);

    /// <summary>Group and version of everything served, in the order of preference.</summary>
    public IEnumerable<(string Group, string Version)> Versions => Resources.Select(static resource => (resource.Group, resource.Version)).Distinct();

    /// <summary>Clients decide by the version what they may ask for.</summary>
    public (string Major, string Minor) Version => Slices switch
    {
        SliceSupport.None => ("1", "15"),
        SliceSupport.V1Beta1 => ("1", "20"),
        SliceSupport.Both => ("1", "24"),
        _ => ("1", "32"),
    };

    public ApiResource? Find(RequestInfo request) =>
        Resources.FirstOrDefault(resource => resource.Group == request.Group && resource.Version == request.Version && resource.Plural == request.Resource);

    private bool IsServed(ApiResource resource) => Slices switch
    {
        SliceSupport.None => resource.Plural != "endpointslices",
        SliceSupport.V1 => resource != ApiResource.EndpointSlicesV1Beta1,
        SliceSupport.V1Beta1 => resource != ApiResource.EndpointSlices,
        _ => true,
    };
}
