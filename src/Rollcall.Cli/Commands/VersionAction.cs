using System.CommandLine;
using System.CommandLine.Invocation;

namespace Rollcall.Cli.Commands;

/// <summary>Answers <c>--version</c>, which many try first, as <c>rollcall version</c> does.</summary>
internal sealed class VersionAction(TextWriter output) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        output.WriteLine(ProgramVersion.Current);
        return ExitCode.Ok;
    }
}
