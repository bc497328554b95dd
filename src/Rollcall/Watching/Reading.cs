using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Rollcall.Watching;

/// <summary>What a source said at one moment, before it has become a snapshot of a watch.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Reading(ImmutableArray<Endpoint> Endpoints, DateTimeOffset ObservedAt, Freshness Freshness);
