namespace Rollcall.Cli.Gossip;

/// <summary>What is at a path.</summary>
/// <param name="IsDirectory">A link to one is none.</param>
/// <param name="Owner">The user; null where the system does not say.</param>
/// <param name="Mode">Who may what.</param>
internal readonly record struct PlaceFacts(bool IsDirectory, uint? Owner, UnixFileMode Mode);
