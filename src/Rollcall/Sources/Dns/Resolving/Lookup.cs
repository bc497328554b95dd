namespace Rollcall.Sources.Dns.Resolving;

/// <summary>Findings with the time they were asked for and the time until which they hold (timestamps of the source's clock).</summary>
internal sealed record Lookup(Findings Findings, long AskedAt, long ExpiresAt);
