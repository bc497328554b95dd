using System.Net.Sockets;
using System.Text;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Transport;

/// <summary>What a node asks of others over TCP. Each call has one deadline; each answers with the reason of a failure, or null.</summary>
internal sealed class StreamDialer(GossipLoop loop, WireOptions wire, OwnCalls calls, NodeAddress self, TimeSpan timeout, GossipMetrics metrics, TimeProvider time)
{
    /// <summary>The reason why an exchange with this node itself has failed.</summary>
    public const string Itself = "it is this node itself";

    /// <summary>Why nobody elsewhere is joined: they would all be told of a member that none of them reaches.</summary>
    public const string OnLoopback = "this node listens on loopback, where no other machine reaches it; it must listen at an address of the network";

    public Task<string?> ExchangeAsync(NodeAddress target, bool join, CancellationToken stopping) => DialAsync(target, timeout, async (connection, token) =>
    {
        if (join && IsCutOff(self, connection.Local, target))
            return OnLoopback;
        var isItself = false;
        string? failure;
        calls.Begin(connection.Local);
        try
        {
            failure = await ExchangeAsync(connection, target, join, token);
        }
        finally
        {
            isItself = calls.End(connection.Local);
        }

        return isItself ? Itself : failure;
    }, stopping);

    public async Task PingAsync(StreamPing ping, NodeRecord self, CancellationToken stopping)
    {
        var left = TimeSpan.FromTicks(Math.Max(TimeSpan.TicksPerMillisecond, ping.Deadline - loop.Now));
        var failure = await DialAsync(ping.Target.Address, left, async (connection, token) =>
        {
            await connection.WriteAsync(Encode(ping, self), token);
            using var decoder = new StreamDecoder(wire, fromDialer: false);
            if (await connection.ReadAsync(decoder, static _ => true, token) is { } refusal)
                return refusal;
            var isAnswer = decoder.Type == MessageType.Ack && MessageCodec.TryRead(decoder.Body.Span, out Ack ack, out _) && ack.SeqNo == ping.SeqNo;
            return isAnswer ? null : "its answer is not to this ping";
        }, stopping);
        await loop.AskAsync((core, now) =>
        {
            core.StreamPingEnded(ping.SeqNo, failure is null, now);
            return true;
        });
    }

    public Task<string?> SendAsync(NodeAddress target, ReadOnlyMemory<byte> payload, CancellationToken stopping) => DialAsync(target, timeout, async (connection, token) =>
    {
        var head = new byte[64];
        var length = MessageCodec.Write(head, new UserMessageHeader(payload.Length));
        await connection.WriteAsync((byte[])[.. head.AsSpan(0, length), .. payload.Span], token);
        // The other side closes when it has taken it, and answers only if it could not.
        return await connection.EndAsync(token) ? null : "it refused the message";
    }, stopping);

    private async Task<string?> ExchangeAsync(StreamConnection connection, NodeAddress target, bool join, CancellationToken cancellationToken)
    {
        using var state = new PooledBuffer(WireLimits.MaxStreamBytes);
        await loop.AskAsync((core, _) =>
        {
            core.WriteState(state, join);
            return true;
        });
        await connection.WriteAsync(state.Written, cancellationToken);
        using var decoder = new StreamDecoder(wire, fromDialer: false);
        if (await connection.ReadAsync(decoder, static _ => true, cancellationToken) is { } refusal)
            return refusal;
        return decoder.Type switch
        {
            MessageType.PushPull => await loop.AskAsync((core, now) => core.MergeState(decoder.Body.Span, target, now) ?? (join ? NameLost(core) : null)),
            MessageType.Error when MessageCodec.TryRead(decoder.Body.Span, out Error error, out _) => $"it answered: {Encoding.UTF8.GetString(error.Message)}",
            _ => "its answer is of the wrong type",
        };
    }

    /// <summary>Whether who is called is on another machine, and could never call this node: a call to an address of this machine comes from that address.</summary>
    public static bool IsCutOff(NodeAddress self, NodeAddress local, NodeAddress target) => self.IsLoopback && !target.IsLoopback && local.WithPort(target.Port) != target;

    // The rest of what the other side believes has been taken all the same.
    private static string? NameLost(SwimCore core)
    {
        foreach (ref readonly var change in core.Effects.Events)
        {
            if (change.Kind == EventKind.NameLost)
                return $"the name {change.Record!.Name} belongs to {change.Other!.Address} there";
        }

        return null;
    }

    private async Task<string?> DialAsync(NodeAddress target, TimeSpan limit, Func<StreamConnection, CancellationToken, Task<string?>> talk, CancellationToken stopping)
    {
        string? failure;
        try
        {
            if (target.IsNone || target.Port == 0)
                return "it has no address";
            using var deadline = new StreamDeadline(limit, time, stopping);
            using var connection = await StreamConnection.DialAsync(target, wire, metrics, deadline.Token);
            failure = await talk(connection, deadline.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            failure = $"it took longer than {limit.TotalSeconds:0.###} s";
        }
        catch (SocketException error)
        {
            failure = error.Message;
        }

        metrics.StreamEnded("transmit", failure is null ? "success" : "failure");
        return failure;
    }

    private static byte[] Encode(in StreamPing ping, NodeRecord self)
    {
        var message = new Ping(ping.SeqNo, ping.Target.NameBytes, self.Address, self.NameBytes);
        var bytes = new byte[MessageCodec.MaxSize(message)];
        return bytes[..MessageCodec.Write(bytes, message)];
    }
}
