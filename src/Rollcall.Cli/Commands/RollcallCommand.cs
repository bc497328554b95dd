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

    public static RootCommand Build(CliEnvironment environment)
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
            Subcommands =
            {
                ServeCommand.Create(context),
                RegisterCommand.Create(context),
                ServicesCommand.Create(context),
                InstancesCommand.Create(context),
                WatchersCommand.Create(context),
                FindingsCommand.Create(context),
                HistoryCommand.Create(context),
                DrainCommand.Create(context),
                DeregisterCommand.Create(context),
                ResolveCommand.Create(context),
                WatchCommand.Create(context),
                PickCommand.Create(context),
                ExplainCommand.Create(context),
                StatusCommand.Create(context),
                GatewayCommand.Create(context),
                GossipCommand.Create(context),
                JournalCommand.Create(context),
                VersionCommand.Create(context),
            },
            Options = { context.Globals.Node, context.Globals.Output },
        };
        foreach (var builtIn in root.Options.Where(static option => option is HelpOption or VersionOption).ToArray())
            root.Options.Remove(builtIn);
        root.Add(new HelpOption("--help", "-h") { Action = new HelpPageAction(environment.Out) });
        root.Add(new VersionOption("--version") { Action = new VersionAction(environment.Out) });
        return root;
    }

    /// <summary>Parses and runs; the result is the exit code. Nothing is thrown.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CliEnvironment environment)
    {
        try
        {
            var parse = Build(environment).Parse(arguments, Parser);
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
}
