using System.Net;
using System.Net.Sockets;

namespace Rollcall.TestKit.Network;

/// <summary>
/// A port of the loopback that nobody else is given until this is disposed of. Nobody listens at it, so connections are refused, unless the test itself makes a server listen there.
/// </summary>
/// <remarks>A port that is merely found free and let go may be another test's a moment later.</remarks>
public sealed class ReservedPort : IDisposable
{
    // Bound and not listening. Linux lets a second socket listen there as long as both allow addresses to be reused, which .NET and Go do for TCP.
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ReservedPort() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public int Number => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public void Dispose() => _socket.Dispose();
}
