namespace Rollcall.Cli.Usage;

/// <summary>A command line worth copying, and what it is for.</summary>
internal readonly record struct Example(string Purpose, string CommandLine);
