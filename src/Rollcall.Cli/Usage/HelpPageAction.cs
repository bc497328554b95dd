using System.CommandLine;
using System.CommandLine.Invocation;

namespace Rollcall.Cli.Usage;

/// <summary>Answers <c>--help</c> with our own page; faults of the rest of the line do not matter then.</summary>
internal sealed class HelpPageAction(TextWriter output) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        HelpPage.Write(parseResult.CommandResult.Command, output);
        return ExitCode.Ok;
    }
}
