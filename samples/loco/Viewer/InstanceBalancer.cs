using Rollcall;

namespace Loco.Viewer;

/// <summary>
/// A policy of this application's own: the key of a rental is the id of the endpoint it wants. A pool always picks somebody; whoever rents looks whether it is the right one.
/// </summary>
internal sealed class InstanceBalancer : IBalancer
{
    public const string PolicyName = "instance";

    public string Name => PolicyName;

    public IEndpointPicker CreatePicker(ReadOnlySpan<BalancedEndpoint> candidates)
    {
        var indexes = new Dictionary<ulong, int>(candidates.Length);
        for (var i = 0; i < candidates.Length; i++)
            indexes[PickContext.ForKey(candidates[i].Endpoint.Id).Key] = i;
        return new Picker(indexes);
    }

    private sealed class Picker(Dictionary<ulong, int> indexes) : IEndpointPicker
    {
        public int Pick(in PickContext context) => context.HasKey && indexes.TryGetValue(context.Key, out var index) ? index : 0;
    }
}
