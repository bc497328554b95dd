using System.Net;
using System.Net.Sockets;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Transport;

/// <summary>A TCP connection that carries one message each way. Its bytes are counted.</summary>
internal sealed class StreamConnection(Socket socket, WireOptions options, GossipMetrics metrics, bool isDialer) : IDisposable
{
    /// <summary>Why there was no message: nothing was said.</summary>
    public const string WithoutAWord = "it was closed without a word";

    /// <summary>Why there was no message: the other side ended in the middle of it.</summary>
    public const string CutShort = "it ended in the middle";

    public NodeAddress Local { get; } = NodeAddress.From((IPEndPoint)socket.LocalEndPoint!);

    public NodeAddress Peer { get; } = NodeAddress.From((IPEndPoint)socket.RemoteEndPoint!);

    public static async Task<StreamConnection> DialAsync(NodeAddress target, WireOptions options, GossipMetrics metrics, CancellationToken cancellationToken)
    {
        var endPoint = target.ToEndPoint();
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken);
            return new(socket, options, metrics, isDialer: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async Task WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        using var buffer = new PooledBuffer(StreamEncoder.MaxSize(options, message.Length));
        StreamEncoder.Encode(options, message.Span, toAcceptor: isDialer, buffer);
        var rest = buffer.Written;
        metrics.StreamBytes("transmit", rest.Length);
        while (!rest.IsEmpty)
            rest = rest[await socket.SendAsync(rest, cancellationToken)..];
    }

    /// <summary>The other side's message, or why there is none. The decoder holds it.</summary>
    /// <param name="decoder">Takes the bytes.</param>
    /// <param name="mayHold">Asked with the bytes of memory held, as they grow.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<string?> ReadAsync(StreamDecoder decoder, Func<int, bool> mayHold, CancellationToken cancellationToken)
    {
        while (true)
        {
            var count = await socket.ReceiveAsync(decoder.GetMemory(), cancellationToken);
            if (count == 0)
                return decoder.BytesRead == 0 ? WithoutAWord : CutShort;
            metrics.StreamBytes("receive", count);
            var status = decoder.Advance(count);
            if (!mayHold(decoder.HeldBytes))
                return "streams hold too much memory together";
            if (status == StreamStatus.Complete)
                return null;
            if (status == StreamStatus.Refused)
                return decoder.Refusal;
        }
    }

    /// <summary>Says that nothing more comes, and waits for the other side to say the same.</summary>
    public async Task<bool> EndAsync(CancellationToken cancellationToken)
    {
        socket.Shutdown(SocketShutdown.Send);
        return await socket.ReceiveAsync(new byte[1], cancellationToken) == 0;
    }

    public void Dispose() => socket.Dispose();
}
