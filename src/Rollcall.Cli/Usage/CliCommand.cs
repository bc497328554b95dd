using System.CommandLine;

namespace Rollcall.Cli.Usage;

/// <summary>A command whose help has examples.</summary>
internal interface IHasExamples
{
    IReadOnlyList<Example> Examples { get; }
}

/// <summary>The program itself.</summary>
internal sealed class CliRootCommand(string description) : RootCommand(description), IHasExamples
{
    public IReadOnlyList<Example> Examples { get; init; } = [];
}

/// <summary>A command that can explain itself.</summary>
internal sealed class CliCommand(string name, string description) : Command(name, description), IHasExamples
{
    public IReadOnlyList<Example> Examples { get; init; } = [];

    /// <summary>What needs more words than the first line has; null when nothing does.</summary>
    public string? Details { get; init; }

    /// <summary>The global options it heeds, as its help lists them.</summary>
    public IReadOnlyList<Option> Heeds { get; init; } = [];

    /// <summary>How the command line of a program follows it; empty when none does.</summary>
    public string Tail { get; init; } = "";
}
