using System.Diagnostics.Metrics;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Rollcall.Gateway;
using Rollcall.Gateway.Configuration;

namespace Rollcall.Cli.Execution;

/// <summary>Runs a gateway beside the node of this process.</summary>
internal static class GatewayRun
{
    // What resolve and watch find, the gateway finds, too.
    public static void AddSources(IServiceCollection services) => services.AddRollcallKubernetes().AddRollcallConsul().AddRollcallEtcd();

    // What .NET reads when the first socket is made; there is no setting in code.
    private const string InlineCompletionsVariable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>
    /// Lets whoever learns that a socket is ready carry on with what waited for it, unless the environment says otherwise. To hand it to another thread costs a gateway, which
    /// does little else between two sockets, more than a tenth of its throughput. The price is that nothing in this process may block a thread. Call it before the first socket.
    /// </summary>
    public static void PreferInlineCompletions(CliEnvironment environment)
    {
        if (environment.Variable(InlineCompletionsVariable) is null)
            Environment.SetEnvironmentVariable(InlineCompletionsVariable, "1");
    }

    /// <summary>Reads a routes file and starts nothing.</summary>
    /// <exception cref="CliException">It cannot be used.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static async Task<(int Routes, int Clusters)> CheckAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return await GatewayHost.CheckAsync(file, AddSources, cancellationToken);
        }
        catch (RoutesFileException error)
        {
            throw new CliException(ExitCode.WrongUsage, error.Message, "The keys are listed in docs/gateway.md.");
        }
    }

    /// <summary>Builds and starts a gateway whose <c>rollcall:///…</c> targets ask the node of this process, which tells the gateway's metrics with its own.</summary>
    /// <exception cref="CliException">It could not be started; the message says why and what to do.</exception>
    public static async Task<GatewayHost> StartAsync(ServeSettings settings, WebApplication node, CancellationToken cancellationToken)
    {
        var gateway = await GatewayHost.BuildAsync(
            new GatewayOptions
            {
                Urls = settings.Gateway!,
                RoutesFile = settings.Routes!,
                ConfigureServices = services =>
                {
                    services.AddSingleton(node.Services.GetRequiredService<IMeterFactory>());
                    services.AddRollcall(options => options.Node ??= node.Urls.First());
                    AddSources(services);
                },
            },
            NodeRun.Log,
            cancellationToken);
        try
        {
            await gateway.StartAsync(cancellationToken);
            return gateway;
        }
        catch (Exception error)
        {
            await gateway.DisposeAsync();
            throw Explain(error, settings) ?? error;
        }
    }

    private static CliException? Explain(Exception error, ServeSettings settings)
    {
        var urls = string.Join(", ", settings.Gateway!);
        return error switch
        {
            IOException { InnerException: AddressInUseException } =>
                new CliException(ExitCode.Failed, $"{urls} is in use by another process.", "Stop that one, or let the gateway listen elsewhere with --gateway."),
            SocketException { SocketErrorCode: SocketError.AccessDenied } =>
                new CliException(ExitCode.Failed, $"no permission to listen on {urls}.", "Choose a port from 1024 up with --gateway."),
            SocketException { SocketErrorCode: SocketError.AddressNotAvailable } =>
                new CliException(ExitCode.Failed, $"{urls} is no address of this machine.", "Name one that is with --gateway."),
            _ => null,
        };
    }
}
