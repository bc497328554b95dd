using System.CommandLine;
using System.CommandLine.Help;

namespace Rollcall.Cli.Usage;

/// <summary>The help of a command: what, usage, arguments, options, examples. The same text goes into docs/cli.md.</summary>
internal static class HelpPage
{
    public static void Write(Command command, TextWriter output)
    {
        output.WriteLine(command.Description);
        if (command is CliCommand { Details: { } details })
        {
            output.WriteLine();
            output.WriteLine(details);
        }

        output.WriteLine();
        output.WriteLine("Usage:");
        output.WriteLine($"  {UsageLine(command)}");

        WriteRows(output, "Commands", command.Subcommands.Where(static c => !c.Hidden).Select(static c => (c.Name, c.Description ?? "")));
        WriteRows(output, "Arguments", command.Arguments.Where(static a => !a.Hidden).Select(static a => (a.Name, a.Description ?? "")));
        var isRoot = command is RootCommand;
        var own = command.Options.Where(static o => o is { Hidden: false } and not HelpOption and not VersionOption);
        WriteRows(output, isRoot ? "Global options" : "Options", own.Select(Row).Concat(isRoot ? [("-h, --help", "Shows the help of any command.")] : []));
        if (command is CliCommand { Heeds.Count: > 0 } heeding)
            WriteRows(output, "Global options", heeding.Heeds.Select(Row));
        WriteExamples(output, command);
        if (isRoot)
        {
            output.WriteLine();
            output.WriteLine(ExitCode.Summary);
        }
    }

    private static string UsageLine(Command command)
    {
        var words = new List<string> { UsageErrors.PathOf(command) };
        if (command.Subcommands.Count > 0)
            words.Add("COMMAND");
        foreach (var argument in command.Arguments.Where(static a => !a.Hidden))
            words.Add(argument.Arity.MinimumNumberOfValues > 0 ? argument.Name : $"[{argument.Name}]");
        foreach (var option in command.Options.Where(static o => o.Required))
            words.Add($"{option.Name} {option.HelpName}");
        words.Add("[options]");
        if (command is CliCommand { Tail.Length: > 0 } tailed)
            words.Add(tailed.Tail);
        return string.Join(' ', words);
    }

    private static (string, string) Row(Option option)
    {
        var names = string.Join(", ", option.Aliases.Append(option.Name).OrderBy(static name => name.Length));
        return (option.ValueType == typeof(bool) ? names : $"{names} {option.HelpName}", option.Description ?? "");
    }

    private static void WriteRows(TextWriter output, string title, IEnumerable<(string Left, string Right)> rows)
    {
        var all = rows.ToArray();
        if (all.Length == 0)
            return;
        output.WriteLine();
        output.WriteLine($"{title}:");
        var width = all.Max(static row => row.Left.Length);
        foreach (var (left, right) in all)
            output.WriteLine($"  {left.PadRight(width)}  {right}");
    }

    private static void WriteExamples(TextWriter output, Command command)
    {
        if (command is not IHasExamples { Examples.Count: > 0 } explained)
            return;
        output.WriteLine();
        output.WriteLine("Examples:");
        foreach (var (purpose, commandLine) in explained.Examples)
        {
            output.WriteLine($"  # {purpose}");
            output.WriteLine($"  {commandLine}");
        }
    }
}
