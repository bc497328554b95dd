using Rollcall.Api;
using Rollcall.Cli.Commands;
using Rollcall.TestKit;

namespace Rollcall.Cli.Tests;

/// <summary>Runs one command line inside the test, and keeps what it said.</summary>
internal sealed class CliRun : IOutside, IDisposable
{
    private readonly SharedText _out = new();
    private readonly SharedText _error = new();

    /// <summary>Who answers; null for the real network.</summary>
    public HttpMessageHandler? Node { get; init; }

    /// <summary>Where targets are found.</summary>
    public IDiscoverySource? Source { get; init; }

    /// <summary>Instead of <see cref="Out"/>.</summary>
    public TextWriter? StandardOutput { get; init; }

    /// <summary>Instead of <see cref="Error"/>.</summary>
    public TextWriter? StandardError { get; init; }

    public TextReader In { get; init; } = TextReader.Null;

    public bool IsTerminal { get; init; }

    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    public TimeProvider Time { get; init; } = new VirtualTime();

    /// <summary>The clock of signals: those at one time are one.</summary>
    public VirtualTime SignalTime { get; } = new();

    public StopSignals Signals => field ??= new(SignalTime);

    public Uri? Asked { get; private set; }

    public string Out => _out.ToString();

    public string Error => _error.ToString();

    /// <summary>Arguments are split at blanks.</summary>
    public Task<int> RunAsync(string line) => RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    public Task<int> RunAsync(string[] arguments) => RollcallCommand.RunAsync(arguments, Environment());

    public CliEnvironment Environment() => new()
    {
        In = In,
        Out = StandardOutput ?? _out,
        Error = StandardError ?? _error,
        IsTerminal = IsTerminal,
        UseColours = IsTerminal,
        Time = Time,
        Variable = name => Variables.GetValueOrDefault(name),
        Outside = this,
        Signals = Signals,
    };

    public void Dispose()
    {
        Signals.Dispose();
        _out.Dispose();
        _error.Dispose();
    }

    public IDiscoverySource CreateSource(IReadOnlyList<Uri> nodes)
    {
        Asked = nodes[0];
        return Source ?? throw new InvalidOperationException("The test has no source.");
    }

    public HttpClient CreateHttp(Uri node)
    {
        Asked = node;
        return Node is null ? NodeClient.CreateHttpClient(node) : new HttpClient(Node, disposeHandler: false) { BaseAddress = node };
    }
}
