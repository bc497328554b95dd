using System.CommandLine;
using System.CommandLine.Parsing;

namespace Rollcall.Cli.Usage;

/// <summary>Says what is wrong with a command line, the most telling fault first.</summary>
internal static class UsageErrors
{
    /// <summary>The fault; null when there is none.</summary>
    public static CliException? Find(ParseResult parse)
    {
        var command = parse.CommandResult.Command;
        if (FindUnknownOption(parse) is { } option)
            return Fault(command, $"unknown option {option}{DidYouMean(option, OptionNames(parse))}");
        if (parse.UnmatchedTokens.Count > 0)
        {
            var word = parse.UnmatchedTokens[0];
            return command.Subcommands.Count > 0
                ? Fault(command, $"unknown command '{word}'{DidYouMean(word, command.Subcommands.Where(static c => !c.Hidden).Select(static c => c.Name))}")
                : Fault(command, $"unexpected argument '{word}'");
        }

        if (parse.Errors.Count == 0)
            return null;
        var missing = Missing(parse).ToArray();
        return Fault(command, missing.Length > 0 ? $"missing {string.Join(" and ", missing)}" : parse.Errors[0].Message.TrimEnd('.'));
    }

    public static CliException Fault(Command command, string message) =>
        new(ExitCode.WrongUsage, message.EndsWith('?') ? message : message + ".", $"See '{PathOf(command)} --help'.");

    /// <summary>The words that call a command: <c>rollcall journal verify</c>.</summary>
    public static string PathOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{PathOf(parent)} {command.Name}" : "rollcall";

    // Arguments swallow options they do not know, so look for such before the parser's own errors.
    private static string? FindUnknownOption(ParseResult parse)
    {
        var takesValue = false;
        foreach (var token in parse.Tokens)
        {
            if (token.Type == TokenType.DoubleDash)
                return null;
            if (token.Type == TokenType.Argument && token.Value.Length > 1 && token.Value[0] == '-' && !takesValue)
                return token.Value.Split('=')[0];
            takesValue = token.Type == TokenType.Option && Options(parse).Any(option => Named(option, token.Value) && option.ValueType != typeof(bool));
        }

        return null;
    }

    // Inherited options live with the root.
    private static IEnumerable<Option> Options(ParseResult parse) =>
        parse.CommandResult.Command.Options.Concat(parse.RootCommandResult.Command.Options);

    private static bool Named(Option option, string name) =>
        string.Equals(option.Name, name, StringComparison.Ordinal) || option.Aliases.Contains(name);

    private static IEnumerable<string> OptionNames(ParseResult parse) =>
        Options(parse).SelectMany(static option => option.Aliases.Prepend(option.Name)).Where(static name => name.Length > 2);

    private static IEnumerable<string> Missing(ParseResult parse)
    {
        foreach (var error in parse.Errors)
        {
            switch (error.SymbolResult)
            {
                case ArgumentResult { Tokens.Count: 0, Parent: CommandResult } argument:
                    yield return argument.Argument.Name;
                    break;
                case OptionResult { Implicit: true } option:
                    yield return option.Option.Name;
                    break;
                case OptionResult { Tokens.Count: 0 } option:
                    yield return $"the value of {option.Option.Name}";
                    break;
                default:
                    break;
            }
        }
    }

    private static string DidYouMean(string word, IEnumerable<string> candidates) =>
        Suggestions.Nearest(word, candidates) is { } nearest ? $"; did you mean {(nearest.StartsWith('-') ? nearest : $"'{nearest}'")}?" : "";
}
