using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Rollcall.Cli.Commands.Gossip;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Commands;

/// <summary>The whole command line: builds it, and runs one line of it.</summary>
internal static class RollcallCommand
{
    // Arguments that begin with @ are values here, not files with more arguments.
    private static readonly ParserConfiguration Parser = new() { ResponseFileTokenReplacer = null };

    // In the order of the help.
    private static readonly string[] Names =
    [
        "serve", "register", "services", "instances", "watchers", "findings", "history", "drain", "deregister", "resolve", "watch", "pick", "explain", "status", "gateway", "gossip", "journal", "version",
    ];

    /// <param name="environment">The world of the commands.</param>
    /// <param name="only">Where it is the name of a command, the others are left out: what is not made loads nothing.</param>
    public static RootCommand Build(CliEnvironment environment, string? only = null) =>
        Build(environment, context => (only is not null && Names.Contains(only, StringComparer.Ordinal) ? [only] : Names).Select(name => Create(name, context)));

    /// <summary>Parses and runs; the result is the exit code. Nothing is thrown.</summary>
    public static Task<int> RunAsync(IReadOnlyList<string> arguments, CliEnvironment environment) =>
        RunAsync(() => Build(environment, arguments.Count > 0 ? arguments[0] : null), arguments, environment);

    /// <summary>The same for a program that has one of the commands only, and leaves out what the others are made of.</summary>
    public static Task<int> RunAsync(IReadOnlyList<string> arguments, CliEnvironment environment, Func<CommandContext, Command> only) =>
        RunAsync(() => Build(environment, context => [only(context)]), arguments, environment);

    private static CliRootCommand Build(CliEnvironment environment, Func<CommandContext, IEnumerable<Command>> commands)
    {
        var context = new CommandContext(environment, new GlobalOptions());
        var root = new CliRootCommand("Rollcall knows which instances of a service are alive and routes to the healthy ones.")
        {
            Examples =
            [
                new("A node for this machine", "rollcall serve"),
                new("A program, registered for as long as it runs", "rollcall register orders --address 127.0.0.1:9000 -- ./orders-server"),
                new("Who serves it", "rollcall instances orders"),
                new("What a caller finds, wherever the name is known", "rollcall resolve rollcall:///orders"),
            ],
            Options = { context.Globals.Node, context.Globals.Output },
        };
        foreach (var command in commands(context))
            root.Add(command);
        foreach (var builtIn in root.Options.Where(static option => option is HelpOption or VersionOption).ToArray())
            root.Options.Remove(builtIn);
        root.Add(new HelpOption("--help", "-h") { Action = new HelpPageAction(environment.Out) });
        root.Add(new VersionOption("--version") { Action = new VersionAction(environment.Out) });
        return root;
    }

    private static async Task<int> RunAsync(Func<RootCommand> build, IReadOnlyList<string> arguments, CliEnvironment environment)
    {
        try
        {
            var parse = build().Parse(arguments, Parser);
            if (parse.Action is ParseErrorAction && parse.CommandResult.Command is { Subcommands.Count: > 0 } group && parse.UnmatchedTokens.Count == 0)
            {
                HelpPage.Write(group, environment.Error);
                return ExitCode.WrongUsage;
            }

            if (parse.Action is not (HelpPageAction or VersionAction) && UsageErrors.Find(parse) is { } fault)
                throw fault;
            return await parse.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = environment.Out,
                    Error = environment.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                },
                environment.Signals.Stopped);
        }
        catch (Exception error)
        {
            return ErrorReport.Write(error, environment.Error);
        }
    }

    private static Command Create(string name, CommandContext context) => name switch
    {
        "serve" => ServeCommand.Create(context),
        "register" => RegisterCommand.Create(context),
        "services" => ServicesCommand.Create(context),
        "instances" => InstancesCommand.Create(context),
        "watchers" => WatchersCommand.Create(context),
        "findings" => FindingsCommand.Create(context),
        "history" => HistoryCommand.Create(context),
        "drain" => DrainCommand.Create(context),
        "deregister" => DeregisterCommand.Create(context),
        "resolve" => ResolveCommand.Create(context),
        "watch" => WatchCommand.Create(context),
        "pick" => PickCommand.Create(context),
        "explain" => ExplainCommand.Create(context),
        "status" => StatusCommand.Create(context),
        "gateway" => GatewayCommand.Create(context),
        "gossip" => GossipCommand.Create(context),
        "journal" => JournalCommand.Create(context),
        "version" => VersionCommand.Create(context),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such command."),
    };
}
