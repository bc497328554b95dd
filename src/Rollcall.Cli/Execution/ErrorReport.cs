using Microsoft.Extensions.Options;
using Rollcall.Api;
using Rollcall.Cli.Output;

namespace Rollcall.Cli.Execution;

/// <summary>Turns whatever ended a command into one or two lines and an exit code. A stack trace is for the author, not for the user.</summary>
internal static class ErrorReport
{
    private const int BrokenPipe = 32; // EPIPE, which the framework passes on as it is

    /// <summary>Writes the lines and returns the code.</summary>
    public static int Write(Exception error, TextWriter output)
    {
        // Not worth a word: whoever closed the other end knows.
        if (error is IOException { HResult: BrokenPipe } && !OperatingSystem.IsWindows())
            return ExitCode.ReaderGone;
        var (code, message, advice) = Explain(error);
        // Several faults of one file come one a line.
        foreach (var line in $"error: {message}\n{advice}".Split('\n', StringSplitOptions.RemoveEmptyEntries))
            output.WriteLine(PrintableText.Clean(line));
        return code;
    }

    private static (int Code, string Message, string? Advice) Explain(Exception error) => error switch
    {
        CliException known => (known.ExitCode, known.Message, known.Advice),
        NodeException node => (CodeOf(node), node.Message, node.Is("service-not-found") ? "See what there is with 'rollcall services'." : null),
        DiscoveryException { InnerException: NodeException node } discovery => (CodeOf(node), discovery.Message, null),
        DiscoveryException discovery => (ExitCode.Failed, discovery.Message, null),
        OperationCanceledException => (ExitCode.Interrupted, "interrupted.", null),
        ArgumentException argument => (ExitCode.WrongUsage, WithoutParameter(argument), null),
        OptionsValidationException options => (ExitCode.WrongUsage, string.Join("\n", options.Failures), null),
        IOException or UnauthorizedAccessException or InvalidOperationException => (ExitCode.Failed, error.Message, null),
        _ => (ExitCode.Failed, $"{error.Message} ({error.GetType().Name})", "This should not have happened; please report it with the command you ran."),
    };

    private static int CodeOf(NodeException error) => error switch
    {
        { IsUnreachable: true } or { Problem: null } => ExitCode.Unreachable,
        _ when error.Is("service-not-found") || error.Is("instance-not-found") => ExitCode.NotFound,
        { Status: 400 } => ExitCode.WrongUsage,
        _ => ExitCode.Failed,
    };

    private static string WithoutParameter(ArgumentException error) =>
        error.ParamName is { } name ? error.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : error.Message;
}
