namespace Rollcall.Cli.Gossip;

/// <summary>What <c>tags -o json</c> prints.</summary>
internal sealed record TagsDocument(string Node, IReadOnlyDictionary<string, string> Tags);
