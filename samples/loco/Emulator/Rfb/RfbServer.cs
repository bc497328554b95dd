using System.Net;
using System.Net.Sockets;
using Loco.Emulator.Screen;

namespace Loco.Emulator.Rfb;

/// <summary>Takes viewers in, and sees each of them out.</summary>
internal sealed partial class RfbServer(EmulatorOptions options, Machine machine, Framebuffer framebuffer, TimeProvider time, ILogger<RfbServer> logger) : BackgroundService
{
    private readonly List<Task> _sessions = [];
    private TcpListener? _listener;

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener!.LocalEndpoint;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _listener = new TcpListener(options.Address, options.VncPort);
        try
        {
            _listener.Start();
        }
        catch (SocketException error)
        {
            throw new IOException($"{options.Address}:{options.VncPort}: {error.Message}", error);
        }

        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var socket = await _listener!.AcceptSocketAsync(stoppingToken);
                _sessions.RemoveAll(static session => session.IsCompleted);
                if (_sessions.Count < options.MaxViewers + options.MaxWaiting)
                    _sessions.Add(RunAsync(socket, stoppingToken));
                else
                    socket.Dispose();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Switched off: nobody is taken in any more, and those who are in go.
        }
        finally
        {
            _listener!.Stop();
            await Task.WhenAll(_sessions);
        }
    }

    private async Task RunAsync(Socket socket, CancellationToken cancellationToken)
    {
        await Task.Yield();
        socket.NoDelay = true;
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            await new RfbSession(stream, options, machine, framebuffer, time).RunAsync(cancellationToken);
        }
        catch (RfbException error)
        {
            LogRefused(logger, options.Name, error.Message);
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or TimeoutException)
        {
            // Gone: a viewer may close its window at any time.
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "{Name}: {Reason}")]
    private static partial void LogRefused(ILogger logger, string name, string reason);
}
