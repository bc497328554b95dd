using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Rollcall.Sources.Dns.Wire;

namespace Rollcall.Sources.Dns.Resolving;

/// <summary>
/// One question to one server: over UDP, and over TCP when the answer did not fit (RFC 1035 section 4.2). Each question has a socket, and so a port, of its own
/// and an unpredictable id; the socket takes packets of the asked server only, and of these only what answers this question (RFC 5452).
/// </summary>
internal sealed class ServerConversation(TimeProvider time)
{
    // More than was offered to be taken, so that a server that sends more is understood all the same.
    private const int UdpBufferLength = 4096;

    /// <summary>Asks; throws only when cancelled, or when the name is none.</summary>
    /// <param name="server">Whom.</param>
    /// <param name="name">About what; lower case.</param>
    /// <param name="type">For what.</param>
    /// <param name="edns">Whether larger answers are offered to be taken.</param>
    /// <param name="timeout">How long each of UDP and TCP may take.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    public async Task<Exchange> AskAsync(IPEndPoint server, string name, RecordType type, bool edns, TimeSpan timeout, CancellationToken cancellationToken)
    {
        // Room for the two octets of length that go first over TCP.
        var query = new byte[2 + DnsQuery.MaxLength];
        // Not the injected source of randomness: this number is a secret, not a jitter.
        var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        var length = DnsQuery.Encode(query.AsSpan(2), id, name, type, edns);
        BinaryPrimitives.WriteUInt16BigEndian(query, (ushort)length);
        var asked = new Question(server, query.AsMemory(0, 2 + length), id, name, type);

        var exchange = await WithinAsync(asked, "", AskOverUdpAsync, timeout, cancellationToken);
        return exchange is { Response: null, Problem: null }
            ? await WithinAsync(asked, " over TCP, where its answer over UDP sent us because it did not fit", AskOverTcpAsync, timeout, cancellationToken)
            : exchange;
    }

    private async Task<Exchange> WithinAsync(
        Question question, string how, Func<Question, CancellationToken, Task<Exchange>> ask, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await ask(question, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Exchange.Failed($"did not answer within {DurationText.Format(timeout)}{how}");
        }
        catch (DnsFormatException error)
        {
            return Exchange.Failed($"answered{how} with something malformed: {error.Message}");
        }
        catch (SocketException error) when (!cancellationToken.IsCancellationRequested)
        {
            return Exchange.Failed(error.SocketErrorCode == SocketError.ConnectionRefused
                ? $"is no DNS server: nothing listens there{how}"
                : $"cannot be reached{how} ({error.Message.TrimEnd('.')})");
        }
    }

    // Neither an answer nor a problem: it did not fit.
    private static async Task<Exchange> AskOverUdpAsync(Question question, CancellationToken cancellationToken)
    {
        using var socket = new Socket(question.Server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        // Connected, the kernel drops what others send, and reports when nothing listens there.
        await socket.ConnectAsync(question.Server, cancellationToken);
        await socket.SendAsync(question.Message[2..], SocketFlags.None, cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(UdpBufferLength);
        try
        {
            while (true)
            {
                var length = await socket.ReceiveAsync(buffer.AsMemory(0, UdpBufferLength), SocketFlags.None, cancellationToken);
                // What answers another question is a late answer or a forgery: the true one may still come.
                if (!DnsResponse.TryReadHeader(buffer.AsSpan(0, length), out var id, out var isTruncated) || id != question.Id)
                    continue;
                if (isTruncated)
                    return default;
                var response = DnsResponse.Decode(buffer.AsSpan(0, length));
                if (question.IsAnsweredBy(response))
                    return response;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<Exchange> AskOverTcpAsync(Question question, CancellationToken cancellationToken)
    {
        using var socket = new Socket(question.Server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(question.Server, cancellationToken);
        await socket.SendAsync(question.Message, SocketFlags.None, cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(DnsResponse.MaxLength);
        try
        {
            if (!await FillAsync(socket, buffer.AsMemory(0, 2), cancellationToken))
                return Exchange.Failed("closed the TCP connection without an answer");
            var length = BinaryPrimitives.ReadUInt16BigEndian(buffer);
            if (!await FillAsync(socket, buffer.AsMemory(0, length), cancellationToken))
                return Exchange.Failed("closed the TCP connection in the middle of its answer");
            var response = DnsResponse.Decode(buffer.AsSpan(0, length));
            return response.Id == question.Id && question.IsAnsweredBy(response) ? response : Exchange.Failed("answered another question over TCP");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<bool> FillAsync(Socket socket, Memory<byte> memory, CancellationToken cancellationToken)
    {
        while (!memory.IsEmpty)
        {
            var count = await socket.ReceiveAsync(memory, SocketFlags.None, cancellationToken);
            if (count == 0)
                return false;
            memory = memory[count..];
        }

        return true;
    }

    private sealed record Question(IPEndPoint Server, ReadOnlyMemory<byte> Message, ushort Id, string Name, RecordType Type)
    {
        // A server that could not read the question cannot repeat it.
        public bool IsAnsweredBy(DnsResponse response) => response.QuestionName is null
            ? response.Code != ResponseCode.NoError
            : response.QuestionType == Type && string.Equals(response.QuestionName, Name, StringComparison.OrdinalIgnoreCase);
    }
}
