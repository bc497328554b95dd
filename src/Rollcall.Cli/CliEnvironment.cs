namespace Rollcall.Cli;

/// <summary>All that a command sees of the world. The process fills it with the real one, a test with whatever it likes.</summary>
internal sealed record CliEnvironment
{
    /// <summary>Standard input.</summary>
    public TextReader In { get; init; } = TextReader.Null;

    public required TextWriter Out { get; init; }

    /// <summary>Standard error. Log lines, notes and the report of an error go here, and none of them fails where it cannot be written.</summary>
    public required TextWriter Error
    {
        get;
        init => field = BestEffortWriter.Over(value);
    }

    /// <summary>True when standard output is a terminal that can be redrawn.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>True when standard output understands colours and its user wants them.</summary>
    public bool UseColours { get; init; }

    /// <summary>True when Ctrl-C would reach the process and its children together.</summary>
    public bool HasControllingTerminal { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Seeds whatever needs randomness.</summary>
    public int Seed { get; init; }

    /// <summary>Reads an environment variable.</summary>
    public Func<string, string?> Variable { get; init; } = static _ => null;

    /// <summary>Nodes and other places to ask.</summary>
    public required IOutside Outside { get; init; }

    /// <summary>Ctrl-C, SIGTERM and their like.</summary>
    public required StopSignals Signals { get; init; }

    /// <summary>Makes the client of a node; the caller disposes it.</summary>
    public HttpClient CreateHttp(Uri node) => Outside.CreateHttp(node);

    /// <summary>Makes the source of every kind of target, with the nodes that a target without one asks.</summary>
    public IDiscoverySource CreateSource(IReadOnlyList<Uri> nodes) => Outside.CreateSource(nodes);
}
