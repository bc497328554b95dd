namespace Rollcall.Sources.Dns.Wire;

/// <summary>A message that is no DNS message. Its text completes "the answer is malformed: …".</summary>
internal sealed class DnsFormatException(string message) : Exception(message);
