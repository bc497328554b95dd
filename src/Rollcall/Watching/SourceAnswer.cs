using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Rollcall.Watching;

/// <summary>What a source says at one moment. A list alone is a live answer: <c>yield return endpoints;</c>.</summary>
/// <param name="Endpoints">All of them, ready or not, with unique ids; empty when the service does not exist.</param>
/// <param name="Freshness">
/// <see cref="Freshness.Live"/>, or <see cref="Freshness.Fallback"/> when the source had to ask in a second-best way and wants that to be seen.
/// </param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SourceAnswer(ImmutableArray<Endpoint> Endpoints, Freshness Freshness = default)
{
    /// <summary>A live answer.</summary>
    public static implicit operator SourceAnswer(ImmutableArray<Endpoint> endpoints) => new(endpoints);
}
