namespace Rollcall.EndToEnd.Gossip;

/// <summary>What members of both kinds are told when they start.</summary>
/// <param name="Preset">local or lan.</param>
/// <param name="Tags">What it says of itself.</param>
/// <param name="Seed">Whom it joins; null for the first.</param>
/// <param name="Keyring">Its file of keys; null leaves the cluster without.</param>
internal sealed record NodeSettings(string Preset, IReadOnlyDictionary<string, string> Tags, string? Seed, string? Keyring);
