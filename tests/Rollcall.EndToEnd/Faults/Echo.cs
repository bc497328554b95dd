using System.Net.WebSockets;
using System.Text;
using Rollcall.TestKit;

namespace Rollcall.EndToEnd.Faults;

/// <summary>A WebSocket to an instance, which has said who it is and says everything again.</summary>
internal sealed class Echo : IDisposable
{
    private readonly ClientWebSocket _socket;

    private Echo(ClientWebSocket socket, string instance) => (_socket, Instance) = (socket, instance);

    public string Instance { get; }

    public static async Task<Echo> OpenAsync(Uri url, HttpMessageInvoker invoker)
    {
        var socket = new ClientWebSocket();
        try
        {
            await Eventually.Within(socket.ConnectAsync(url, invoker, CancellationToken.None));
            return new Echo(socket, await ReadAsync(socket));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>What comes back of a text.</summary>
    public async Task<string> SayAsync(string text)
    {
        await _socket.SendAsync(Encoding.ASCII.GetBytes(text).AsMemory(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        return await ReadAsync(_socket);
    }

    /// <summary>Says goodbye, and hears it.</summary>
    public async Task<WebSocketCloseStatus?> CloseAsync()
    {
        await Eventually.Within(_socket.CloseAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, CancellationToken.None));
        return _socket.CloseStatus;
    }

    public void Dispose() => _socket.Dispose();

    private static async Task<string> ReadAsync(ClientWebSocket socket)
    {
        var buffer = new byte[256];
        var read = await Eventually.Within(socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).AsTask());
        return Encoding.ASCII.GetString(buffer, 0, read.Count);
    }
}
