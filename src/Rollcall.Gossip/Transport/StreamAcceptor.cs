using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Transport;

/// <summary>What others ask of this node over TCP: one message, at most one reply, one deadline for both, and so many at once.</summary>
internal sealed class StreamAcceptor : IDisposable
{
    private const int Backlog = 512;
    private const string NotForThisNode = "its ping is not for this node";
    private static readonly TimeSpan FailurePause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _listener;
    private readonly StreamSeats _seats;
    private readonly WireOptions _wire;
    private readonly OwnCalls _calls;
    private readonly TimeSpan _timeout;
    private readonly GossipMetrics _metrics;
    private readonly RefusalLog _refusals;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public StreamAcceptor(Socket listener, WireOptions wire, OwnCalls calls, RefusalLog refusals, HostContext context)
    {
        _listener = listener;
        _seats = new(context.Options.MaxStreams);
        _wire = wire;
        _calls = calls;
        _timeout = context.Options.StreamTimeout;
        _metrics = context.Metrics;
        _refusals = refusals;
        _time = context.Time;
        _logger = context.Logger;
    }

    public static Socket Listen(IPEndPoint bind)
    {
        var listener = new Socket(bind.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (bind.Address.Equals(IPAddress.IPv6Any))
                listener.DualMode = true;
            listener.Bind(bind);
            listener.Listen(Backlog);
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    public async Task AcceptAsync(GossipLoop loop, OwnedTasks tasks, CancellationToken stopping)
    {
        var failures = new LineLimiter(_time, 1);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var socket = await _listener.AcceptAsync(stopping);
                Seat(socket, loop, tasks);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (Exception error) when (!stopping.IsCancellationRequested)
            {
                // Such as too many open files, which may pass.
                if (failures.TryTake() || failures.TryEnd(out _))
                    GossipLog.AcceptFailed(_logger, error.Message);
                await Task.Delay(FailurePause, _time, stopping);
            }
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Seat(Socket socket, GossipLoop loop, OwnedTasks tasks)
    {
        StreamConnection connection;
        try
        {
            socket.NoDelay = true;
            connection = new(socket, _wire, _metrics, isDialer: false);
        }
        catch (SocketException)
        {
            socket.Dispose(); // gone already
            return;
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        if (_seats.TryTake(connection.Peer))
        {
            tasks.Run("A stream", stopping => ServeAsync(connection, loop, stopping));
            return;
        }

        _metrics.StreamEnded("receive", "full");
        Refused(connection.Peer, "too many are open");
        connection.Dispose();
    }

    private async Task ServeAsync(StreamConnection connection, GossipLoop loop, CancellationToken stopping)
    {
        var held = 0;
        string? refusal = null;
        string? broken = null;
        try
        {
            using var deadline = new StreamDeadline(_timeout, _time, stopping);
            using var decoder = new StreamDecoder(_wire, fromDialer: true);
            refusal = await connection.ReadAsync(decoder, bytes => _seats.TryHold(ref held, bytes), deadline.Token);
            if (refusal is null)
                refusal = await AnswerAsync(connection, decoder, loop, deadline.Token);
            else if (decoder.ErrorReply is { } reply)
                await connection.WriteAsync(Encode(reply), deadline.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            refusal = "it took too long";
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            broken = error.Message;
        }
        finally
        {
            _seats.TryHold(ref held, 0);
            _seats.Leave(connection.Peer);
            connection.Dispose();
        }

        _metrics.StreamEnded("receive", refusal is null && broken is null ? "success" : "failure");
        if (IsOrdinary(refusal))
            broken = refusal;
        else
            Refused(connection.Peer, refusal);
        if (broken is not null)
            GossipLog.StreamEnded(_logger, connection.Peer, broken);
    }

    private void Refused(NodeAddress peer, string reason)
    {
        _metrics.Refused("stream");
        _refusals.Refused(peer, reason);
    }

    // Whoever only looks whether the port is open, a call that is given up, a member that begins anew under another name, and this node among its own seeds: nothing that an operator acts on.
    private static bool IsOrdinary([NotNullWhen(false)] string? refusal) =>
        refusal is null or StreamConnection.WithoutAWord or StreamConnection.CutShort or NotForThisNode or StreamDialer.Itself;

    private async Task<string?> AnswerAsync(StreamConnection connection, StreamDecoder decoder, GossipLoop loop, CancellationToken cancellationToken)
    {
        using var answer = new PooledBuffer(WireLimits.MaxStreamBytes);
        string? refusal = null;
        switch (decoder.Type)
        {
            case MessageType.Ping:
                if (!await loop.AskAsync((core, _) => core.TryAnswerStreamPing(decoder.Body.Span, answer)))
                    refusal = NotForThisNode;
                break;
            case MessageType.PushPull when _calls.Arrived(connection.Peer):
                refusal = StreamDialer.Itself;
                break;
            case MessageType.PushPull:
                refusal = await loop.AskAsync((core, now) => core.AcceptState(decoder.Body.Span, connection.Peer, answer, now));
                break;
            case MessageType.User:
                MessageCodec.TryRead(decoder.Body.Span, out UserMessageHeader header, out var consumed, out refusal);
                if (refusal is null && header.Length > 0)
                {
                    await loop.AskAsync((core, now) =>
                    {
                        core.ReceiveUserMessage(decoder.Body.Span.Slice(consumed, header.Length), connection.Peer, now);
                        return true;
                    });
                }

                break;
            default:
                refusal = "its message is one of a reply";
                break;
        }

        // The reply to an exchange is due even where the exchange was refused: it was written before.
        if (answer.Length > 0)
            await connection.WriteAsync(answer.Written, cancellationToken);
        return refusal;
    }

    private static byte[] Encode(string error)
    {
        var message = new Error(Encoding.UTF8.GetBytes(error));
        var bytes = new byte[MessageCodec.MaxSize(message)];
        return bytes[..MessageCodec.Write(bytes, message)];
    }
}
