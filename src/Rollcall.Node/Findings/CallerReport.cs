using Rollcall.Api;

namespace Rollcall.Node.Findings;

/// <summary>What one caller has found of the instances of a service.</summary>
/// <param name="Caller">Its name.</param>
/// <param name="Remote">Its address and port.</param>
/// <param name="Applied">The revision of the service that it had applied: what it knew of the instances; 0 when nobody knows.</param>
/// <param name="Findings">Which instances it avoids.</param>
internal sealed record CallerReport(string Caller, string Remote, long Applied, IReadOnlyList<FindingDocument> Findings);
