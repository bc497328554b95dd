using System.Net;
using System.Net.Sockets;

namespace Rollcall.TestKit.Network;

/// <summary>A TCP relay before a server, to cut the wire between two programs that both stay well.</summary>
public sealed class Relay : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly IPEndPoint _server;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _relays = [];
    private readonly Task _accepting;
    private CancellationTokenSource _wire = new();
    private bool _isCut;

    /// <summary>Listens on a free port of the loopback and passes everything on to <paramref name="server"/>.</summary>
    public Relay(IPEndPoint server)
    {
        _server = server;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _accepting = Task.Run(AcceptAsync);
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>Connections that are open now.</summary>
    public int Connections
    {
        get
        {
            lock (_gate)
                return _relays.Count(static relay => !relay.IsCompleted);
        }
    }

    /// <summary>Resets every connection, and every new one at once.</summary>
    public async Task CutAsync()
    {
        CancellationTokenSource wire;
        lock (_gate)
        {
            _isCut = true;
            wire = _wire;
        }

        await wire.CancelAsync();
    }

    /// <summary>Ends <see cref="CutAsync"/>.</summary>
    public void Mend()
    {
        lock (_gate)
        {
            _isCut = false;
            _wire = new CancellationTokenSource();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await Eventually.Within(_accepting);
        Task[] relays;
        lock (_gate)
            relays = [.. _relays];
        await Eventually.Within(Task.WhenAll(relays));
        _stop.Dispose();
        _wire.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptAsync(_stop.Token);
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }

            lock (_gate)
            {
                _relays.RemoveWhere(static relay => relay.IsCompleted);
                if (_isCut)
                    Reset(client);
                else
                    _relays.Add(RelayAsync(client, _wire.Token));
            }
        }
    }

    private async Task RelayAsync(Socket client, CancellationToken cut)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, cut);
        try
        {
            await server.ConnectAsync(_server, end.Token);
            // The first side that closes ends both: HTTP has no use for half a connection.
            await await Task.WhenAny(CopyAsync(client, server, end.Token), CopyAsync(server, client, end.Token));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // A cut wire, or a side that went away.
        }
        finally
        {
            await end.CancelAsync();
            Reset(client);
            Reset(server);
        }
    }

    private static async Task CopyAsync(Socket from, Socket to, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReceiveAsync(buffer, cancellationToken) is var read and > 0)
        {
            for (var sent = 0; sent < read;)
                sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), cancellationToken);
        }
    }

    private static void Reset(Socket socket)
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Dispose();
    }
}
