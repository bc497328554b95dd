using System.Net.Sockets;

namespace Rollcall.Pooling;

/// <summary>Plain TCP connections.</summary>
internal static class TcpLifecycle
{
    /// <param name="port">The name of the port; null for the only one an endpoint has.</param>
    public static ConnectionLifecycle<NetworkStream> Of(string? port) => new()
    {
        NeedsSinglePort = port is null,
        ConnectAsync = (endpoint, cancellationToken) => ConnectAsync(endpoint, port is null ? endpoint.Ports.AsSpan()[0].Value : endpoint.Ports[port], cancellationToken),
        IsUsable = IsUsable,
        IsFreshUsable = static stream => IsUsable(stream) || stream.Socket.Available > 0,
    };

    private static async ValueTask<NetworkStream> ConnectAsync(Endpoint endpoint, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endpoint.Host, port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // Something to read on an idle connection is its end, or what is left of an answer that nobody has read: either way the next caller could not use it. Before the first
    // rental it is the greeting of a server that speaks first, as those of VNC, SMTP and MySQL do.
    private static bool IsUsable(NetworkStream stream) => !stream.Socket.Poll(0, SelectMode.SelectRead);
}
