using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Rollcall.Gateway;
using Rollcall.Node;
using Rollcall.Node.Configuration;
using Rollcall.Node.Imports;
using Rollcall.Registry.Journaling;

namespace Rollcall.Cli.Execution;

/// <summary>Runs a node in this process.</summary>
internal static class NodeRun
{
    /// <exception cref="CliException">It could not be started; the message says why and what to do.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static async Task<int> RunAsync(ServeSettings settings, CliEnvironment environment, CancellationToken cancellationToken)
    {
        var options = Imported(Read(settings), environment);
        if (settings.Gateway is not null)
            GatewayRun.PreferInlineCompletions(environment);
        if (settings.Routes is { } routes)
            await GatewayRun.CheckAsync(routes, cancellationToken);
        GatewayHost? running = null;
        await using var node = await StartAsync(options, () => Volatile.Read(ref running), () => environment.CreateSource([]), cancellationToken);
        await using var gateway = settings.Routes is null ? null : await GatewayRun.StartAsync(settings, node, cancellationToken);
        environment.Out.WriteLine($"rollcall {ProgramVersion.Current.Number} listens on {string.Join(", ", node.Urls)}, {Journal(options.Registry.Journal)}");
        foreach (var import in options.Imports)
            environment.Out.WriteLine($"imports {import.Service} from {import.Target}, using discovery mode: {ImportMode.Of(ServiceTarget.Parse(import.Target))}");
        Volatile.Write(ref running, gateway);
        if (gateway is not null)
            environment.Out.WriteLine($"its gateway listens on {string.Join(", ", gateway.Urls)}, routes in {Path.GetFullPath(settings.Routes!)}");

        await environment.Signals.NextAsync(CancellationToken.None);
        using var enough = new CancellationTokenSource();
        var stopping = StopAsync(node, gateway, enough.Token);
        var impatience = environment.Signals.NextAsync(enough.Token).AsTask();
        var isStopped = await Task.WhenAny(stopping, impatience) == stopping;
        await enough.CancelAsync();
        await stopping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return isStopped ? ExitCode.Ok : ExitCode.Interrupted;
    }

    // The gateway first: until its last request has ended it asks the node where to send.
    private static async Task StopAsync(WebApplication node, GatewayHost? gateway, CancellationToken cancellationToken)
    {
        if (gateway is not null)
        {
            await gateway.StopAsync(cancellationToken);

            // And its watches: they would warn of a node that is gone.
            await gateway.DisposeAsync();
        }

        await node.StopAsync(cancellationToken);
    }

    internal static NodeOptions Read(ServeSettings settings)
    {
        var options = settings.ConfigFile is { } file ? Load(file) : new NodeOptions();
        var journal = options.Registry.Journal;
        journal = journal with
        {
            Directory = settings.Data ?? journal.Directory,
            Durability = settings.Durability switch
            {
                null => journal.Durability,
                "interval" => Durability.Interval,
                "memory" => Durability.Memory,
                _ => Durability.Fsync,
            },
        };
        return options with
        {
            Urls = settings.Urls ?? options.Urls,
            AllowAnyone = settings.AllowAnyone || options.AllowAnyone,
            Registry = options.Registry with { Journal = journal },
        };
    }

    private static NodeOptions Load(string file)
    {
        try
        {
            return NodeConfiguration.Load(file);
        }
        catch (NodeConfigurationException error)
        {
            throw new CliException(ExitCode.WrongUsage, error.Message);
        }
    }

    private static NodeOptions Imported(NodeOptions options, CliEnvironment environment)
    {
        try
        {
            return ImportVariables.Apply(options, environment.Variable);
        }
        catch (FormatException error)
        {
            throw new CliException(ExitCode.WrongUsage, error.Message);
        }
    }

    internal static Task<WebApplication> StartAsync(NodeOptions options, CancellationToken cancellationToken) => StartAsync(options, static () => null, cancellationToken);

    internal static Task<WebApplication> StartAsync(NodeOptions options, Func<GatewayHost?> gateway, CancellationToken cancellationToken) =>
        StartAsync(options, gateway, NodeEnvironment.System.Source, cancellationToken);

    /// <summary>Builds and starts a node.</summary>
    internal static async Task<WebApplication> StartAsync(NodeOptions options, Func<GatewayHost?> gateway, Func<IDiscoverySource> source, CancellationToken cancellationToken)
    {
        var node = await NodeHost.BuildAsync(options, NodeEnvironment.System with { Logging = Log, Gateway = gateway, Source = source }, cancellationToken);
        try
        {
            await node.StartAsync(cancellationToken);
            return node;
        }
        catch (Exception error)
        {
            await node.DisposeAsync();
            throw Explain(error, options) ?? error;
        }
    }

    // Standard output has the one line that says where the node listens. What it logs at its start says the same in more words, and what the
    // host says of a failed start is told by the error.
    internal static void Log(ILoggingBuilder logging)
    {
        NodeEnvironment.System.Logging(logging);
        logging.Services.Configure<ConsoleLoggerOptions>(static console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        logging.AddFilter("Rollcall.Node", LogLevel.Warning);
        logging.AddFilter(typeof(Rollcall.Registry.Journaling.Journal).FullName, LogLevel.Warning);
    }

    // The server's own words name neither the flag nor, for some causes, the address.
    private static CliException? Explain(Exception error, NodeOptions options)
    {
        var urls = string.Join(", ", options.Urls);
        return error switch
        {
            IOException { InnerException: AddressInUseException } =>
                new CliException(ExitCode.Failed, $"{urls} is in use by another process.", "Stop that one, or listen elsewhere with --urls."),
            SocketException { SocketErrorCode: SocketError.AccessDenied } =>
                new CliException(ExitCode.Failed, $"no permission to listen on {urls}.", "Choose a port from 1024 up with --urls."),
            SocketException { SocketErrorCode: SocketError.AddressNotAvailable } =>
                new CliException(ExitCode.Failed, $"{urls} is no address of this machine.", "Name one that is with --urls."),
            _ => null,
        };
    }

    private static string Journal(JournalOptions journal) => journal.Durability == Durability.Memory
        ? "keeps nothing on disk"
        : $"data in {Path.GetFullPath(journal.Directory)}{(journal.Durability == Durability.Interval ? ", written to disk every second" : "")}";
}
