using System.Collections.Immutable;
using System.Text.Json;
using Rollcall.Api;
using Rollcall.Registry;

namespace Rollcall.Node.Live;

/// <summary>The instances of one service as they are shown. One of which nothing has changed is not made anew. One caller at a time.</summary>
internal sealed class LiveInstances
{
    private readonly Dictionary<string, Kept> _kept = new(StringComparer.Ordinal);

    /// <summary>All of them, in the order of the document.</summary>
    public ImmutableArray<LiveInstance> Of(LiveInputs inputs)
    {
        var avoiding = LiveBuilder.Avoiding(inputs);
        foreach (var instance in inputs.Service.Instances)
        {
            var id = instance.Registration.Id;
            IReadOnlyList<string> reasons = inputs.Findings.Count == 0 ? [] : [.. avoiding[id]];
            var facts = new Facts(instance, inputs.Readings(instance), inputs.Names, inputs.Callers);
            if (_kept.TryGetValue(id, out var kept) && kept.Facts.AreSame(facts) && kept.Reasons.SequenceEqual(reasons, StringComparer.Ordinal))
                continue;
            var document = LiveBuilder.Of(inputs, instance, reasons);
            _kept[id] = new Kept(facts, reasons, new LiveInstance(document, JsonSerializer.SerializeToUtf8Bytes(document, ApiJson.Default.LiveInstanceDocument)));
        }

        if (_kept.Count > inputs.Service.Instances.Length)
            Forget(inputs.Service.Instances);
        return [.. inputs.Service.Instances.Select(instance => _kept[instance.Registration.Id].Shown).Order(LiveOrder.Instance)];
    }

    private void Forget(ImmutableArray<Instance> present)
    {
        var ids = present.Select(static instance => instance.Registration.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var id in _kept.Keys)
        {
            if (!ids.Contains(id))
                _kept.Remove(id);
        }
    }

    // All that is shown of an instance comes from these, and from why callers avoid it. Each is another object when it has changed.
    private readonly record struct Facts(Instance Instance, HealthReading? Reading, NamesFile Names, int Callers)
    {
        public bool AreSame(in Facts other) =>
            ReferenceEquals(Instance, other.Instance) && ReferenceEquals(Names, other.Names) && (Reading?.SaysTheSame(other.Reading) ?? other.Reading is null) && Callers == other.Callers;
    }

    private sealed record Kept(Facts Facts, IReadOnlyList<string> Reasons, LiveInstance Shown);
}
