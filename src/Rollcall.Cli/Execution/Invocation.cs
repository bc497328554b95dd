using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Rollcall.Api;
using Rollcall.Cli.Output;
using Rollcall.Cli.Usage;
using Rollcall.Watching;

namespace Rollcall.Cli.Execution;

/// <summary>One run of a command: what was asked, and where to answer.</summary>
internal sealed class Invocation(ParseResult parse, CliEnvironment environment, GlobalOptions globals)
{
    /// <summary>The environment variable that holds an owner's secret.</summary>
    public const string OwnerVariable = "ROLLCALL_OWNER";

    public ParseResult Parse => parse;

    public CliEnvironment Environment => environment;

    public OutputFormat Format { get; } = parse.GetValue(globals.Output);

    public DateTimeOffset Now => environment.Time.GetUtcNow();

    /// <summary>The node to ask: the first of <see cref="Nodes"/>.</summary>
    public Uri Node => Nodes[0];

    /// <summary>Every node named: by <c>--node</c>, else by the environment (separated by commas), else the default.</summary>
    public IReadOnlyList<Uri> Nodes
    {
        get
        {
            if (parse.GetValue(globals.Node) is { } given)
                return [given];
            var texts = (environment.Variable(ApiNames.NodeVariable) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return texts.Length == 0 ? [NodeUrl.Parse(ApiNames.DefaultNode)] : [.. texts.Select(ReadVariable)];
        }
    }

    public string? Owner(Option<string?> option) => parse.GetValue(option) ?? environment.Variable(OwnerVariable) switch
    {
        "" => null,
        var secret => secret,
    };

    /// <summary>Asks the node once.</summary>
    public async Task<T> AskAsync<T>(Func<NodeClient, Task<T>> ask)
    {
        using var http = environment.CreateHttp(Node);
        return await ask(new NodeClient(http, environment.Time));
    }

    /// <summary>Prints a document as JSON when that was asked for.</summary>
    /// <returns>False when a table was asked for.</returns>
    public bool TryPrintJson<T>(T document, Func<ApiJson, JsonTypeInfo<T>> type)
    {
        if (Format != OutputFormat.Json)
            return false;
        PrintJson(document, type(JsonText.Api));
        return true;
    }

    public void PrintJson<T>(T document, JsonTypeInfo<T> type) =>
        environment.Out.WriteLine(JsonSerializer.Serialize(document, type));

    /// <summary>Finds things by target; <c>rollcall:///NAME</c> asks <see cref="Nodes"/>. The caller disposes it.</summary>
    public ServiceResolver OpenResolver() =>
        new(environment.CreateSource(Nodes), time: environment.Time, random: new Random(environment.Seed));

    public void Print(Table table) => TableWriter.Write(environment.Out, table, environment.UseColours);

    /// <summary>Tells a person what no script needs: on standard error, so that a pipe stays clean.</summary>
    public void Note(string text) => environment.Error.WriteLine(PrintableText.Clean(text));

    private static Uri ReadVariable(string text) => NodeUrl.TryParse(text, out var url, out var error)
        ? url
        : throw new CliException(ExitCode.WrongUsage, $"{ApiNames.NodeVariable}: {error}", "Correct the environment variable, or name the node with --node.");
}
