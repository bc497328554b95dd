using System.Net.Sockets;
using Rollcall.Pooling;
using Endpoint = Rollcall.Endpoint;

namespace Loco.Viewer;

/// <summary>A connection to an emulator that has greeted and waits for a viewer: what the pool keeps warm. It serves one viewer and is closed then.</summary>
internal sealed class WaitingEmulator : IDisposable
{
    private const int GreetingLength = 12;

    private WaitingEmulator(NetworkStream stream, byte[] greeting) => (Stream, Greeting) = (stream, greeting);

    public static ConnectionLifecycle<WaitingEmulator> Lifecycle { get; } = new() { ConnectAsync = ConnectAsync, IsUsable = IsUsable };

    /// <summary>What comes after the greeting.</summary>
    public NetworkStream Stream { get; }

    /// <summary>The version the emulator offers; the viewer has yet to see it.</summary>
    public ReadOnlyMemory<byte> Greeting { get; }

    public void Dispose() => Stream.Dispose();

    private static async ValueTask<WaitingEmulator> ConnectAsync(Endpoint endpoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endpoint.Host, endpoint.Ports[ViewerHost.Port], cancellationToken);
            var stream = new NetworkStream(socket, ownsSocket: true);
            var greeting = new byte[GreetingLength];
            await stream.ReadExactlyAsync(greeting, cancellationToken);
            return greeting.AsSpan().StartsWith("RFB "u8) ? new WaitingEmulator(stream, greeting) : throw new IOException($"{endpoint.Id} does not speak RFB.");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // It says nothing more until it is answered: anything to read is its end.
    private static bool IsUsable(WaitingEmulator emulator) => !emulator.Stream.Socket.Poll(0, SelectMode.SelectRead);
}
