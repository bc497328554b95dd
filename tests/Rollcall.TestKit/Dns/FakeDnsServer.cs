using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rollcall.TestKit.Dns;

/// <summary>A question as the server saw it.</summary>
public sealed record DnsQuestion(string Name, ushort Type, ushort Id, int Port, bool IsTcp, bool HasEdns);

/// <summary>
/// A name server on a loopback port, over UDP and TCP, whose zone and manners a test sets. Delays are on the test's clock. Thread-safe.
/// </summary>
public sealed class FakeDnsServer : IAsyncDisposable
{
    private const ushort AnswerFlags = 0x8180;
    private const ushort ReferralFlags = 0x8100;
    private const ushort AuthoritativeFlags = 0x8500;

    private readonly Socket _udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Socket _tcp = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _time;
    private readonly Task[] _loops;
    private readonly ConcurrentQueue<DnsQuestion> _questions = new();
    private ImmutableArray<ZoneRecord> _zone = [];
    private Func<DnsQuestion, FakeDnsMode> _mode = static _ => FakeDnsMode.Healthy;
    private TimeSpan _delay;

    public FakeDnsServer(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        // A port that is free for both.
        while (true)
        {
            _udp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            try
            {
                _tcp.Bind(_udp.LocalEndPoint!);
                break;
            }
            catch (SocketException)
            {
                _udp.Dispose();
                _udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            }
        }

        _tcp.Listen();
        EndPoint = (IPEndPoint)_udp.LocalEndPoint!;
        _loops = [Task.Run(ServeUdpAsync), Task.Run(ServeTcpAsync)];
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Every question so far, in order.</summary>
    public IReadOnlyCollection<DnsQuestion> Questions => _questions;

    /// <summary>Whether the addresses of SRV targets are sent along. Default: true.</summary>
    public bool SendsAdditional { get; set; } = true;

    /// <summary>The whole zone, from now on.</summary>
    public void Set(params IEnumerable<ZoneRecord> records) => ImmutableInterlocked.InterlockedExchange(ref _zone, [.. records]);

    /// <summary>How questions are treated from now on.</summary>
    public void Behave(FakeDnsMode mode, TimeSpan delay = default) => Behave(_ => mode, delay);

    /// <summary>How each question is treated from now on.</summary>
    public void Behave(Func<DnsQuestion, FakeDnsMode> mode, TimeSpan delay = default)
    {
        _delay = delay;
        Volatile.Write(ref _mode, mode);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _udp.Dispose();
        _tcp.Dispose();
        await Eventually.Within(Task.WhenAll(_loops));
        _stop.Dispose();
    }

    private async Task ServeUdpAsync()
    {
        var buffer = new byte[4096];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var received = await _udp.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                var question = Read(buffer.AsSpan(0, received.ReceivedBytes), ((IPEndPoint)received.RemoteEndPoint).Port, isTcp: false);
                _questions.Enqueue(question);
                // Beside the loop, so that a delayed answer does not hold up the others.
                _ = AnswerUdpAsync(question, received.RemoteEndPoint);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                // Stopped, or a client that has gone away.
            }
        }
    }

    private async Task AnswerUdpAsync(DnsQuestion question, EndPoint client)
    {
        try
        {
            var mode = Volatile.Read(ref _mode)(question);
            if (_delay > TimeSpan.Zero)
                await Task.Delay(_delay, _time, _stop.Token);
            if (mode is FakeDnsMode.WrongServer or FakeDnsMode.ForgedThenTrue)
            {
                using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                await other.SendToAsync(Forged(question), SocketFlags.None, client, _stop.Token);
            }

            if (mode is FakeDnsMode.WrongId or FakeDnsMode.ForgedThenTrue)
                await _udp.SendToAsync(Forged(question with { Id = (ushort)(question.Id + 1) }), SocketFlags.None, client, _stop.Token);
            if (mode is FakeDnsMode.WrongQuestion or FakeDnsMode.ForgedThenTrue)
                await _udp.SendToAsync(Forged(question with { Name = "another.test" }), SocketFlags.None, client, _stop.Token);
            if (mode is not (FakeDnsMode.Drop or FakeDnsMode.WrongServer or FakeDnsMode.WrongId or FakeDnsMode.WrongQuestion))
                await _udp.SendToAsync(Answer(question, mode), SocketFlags.None, client, _stop.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // As above.
        }
    }

    private async Task ServeTcpAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var client = await _tcp.AcceptAsync(_stop.Token);
                var buffer = new byte[4096];
                var length = await client.ReceiveAsync(buffer, SocketFlags.None, _stop.Token);
                var question = Read(buffer.AsSpan(2, length - 2), ((IPEndPoint)client.RemoteEndPoint!).Port, isTcp: true);
                _questions.Enqueue(question);
                var mode = Volatile.Read(ref _mode)(question);
                if (mode == FakeDnsMode.Drop)
                {
                    // Silence lasts until the client gives up.
                    await client.ReceiveAsync(buffer, SocketFlags.None, _stop.Token);
                    continue;
                }

                var answer = Answer(question, mode);
                var framed = new byte[answer.Length + 2];
                BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)answer.Length);
                answer.CopyTo(framed, 2);
                var sent = mode == FakeDnsMode.TruncateAndHangUp ? framed.Length / 2 : framed.Length;
                // In two pieces, as networks like to do.
                await client.SendAsync(framed.AsMemory(0, sent / 2), SocketFlags.None, _stop.Token);
                await client.SendAsync(framed.AsMemory(sent / 2, sent - (sent / 2)), SocketFlags.None, _stop.Token);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                // As above.
            }
        }
    }

    private static byte[] Forged(DnsQuestion question) =>
        DnsMessageWriter.Answer(question.Id, AnswerFlags, (question.Name, question.Type), [ZoneRecord.Address(question.Name, question.Type == ZoneRecord.Aaaa ? "2001:db8::bad" : "192.0.2.66")]);

    private byte[] Answer(DnsQuestion question, FakeDnsMode mode)
    {
        var asked = (question.Name, question.Type);
        switch (mode)
        {
            case FakeDnsMode.ServerFailure:
                return DnsMessageWriter.Answer(question.Id, AnswerFlags | 2, asked, []);
            case FakeDnsMode.Refuse:
                return DnsMessageWriter.Answer(question.Id, AnswerFlags | 5, asked, []);
            case FakeDnsMode.Refer:
                return DnsMessageWriter.Answer(question.Id, ReferralFlags, asked, [], [new ZoneRecord("test", ZoneRecord.Ns, 1, static writer => writer.Name("ns.elsewhere.test"))]);
            case FakeDnsMode.AuthoritativeNothing:
                return DnsMessageWriter.Answer(question.Id, AuthoritativeFlags, asked, []);
            case FakeDnsMode.Old when question.HasEdns:
                return DnsMessageWriter.Answer(question.Id, AnswerFlags | 1, null, []);
            case FakeDnsMode.Truncate or FakeDnsMode.TruncateAndHangUp when !question.IsTcp:
                return DnsMessageWriter.Answer(question.Id, AnswerFlags | 0x200, asked, []);
            case FakeDnsMode.Garbage:
                return [(byte)(question.Id >> 8), (byte)question.Id, 0x81, 0x80, 0, 1, 0, 9, 0, 0, 0, 0, 0xc0, 12, 1, 2, 3];
            case FakeDnsMode.EndlessAliases:
                return DnsMessageWriter.Answer(question.Id, AnswerFlags, asked, [ZoneRecord.Alias(question.Name, "x" + question.Name)]);
        }

        var zone = _zone;
        var answers = new List<ZoneRecord>();
        var name = question.Name;
        for (var i = 0; i < 20; i++)
        {
            var found = zone.Where(record => record.Type == question.Type && Is(record.Name, name)).ToArray();
            answers.AddRange(found);
            if (found.Length > 0 || zone.FirstOrDefault(record => record.Type == ZoneRecord.Cname && Is(record.Name, name)) is not { } alias)
                break;
            answers.Add(alias);
            name = alias.Target!;
        }

        var exists = zone.Any(record => record.Type != ZoneRecord.Soa && (Is(record.Name, name) || record.Name.EndsWith("." + name, StringComparison.Ordinal)));
        var additional = SendsAdditional
            ? answers.Where(static record => record.Type == ZoneRecord.Srv)
                .SelectMany(service => zone.Where(record => record.Type is ZoneRecord.A or ZoneRecord.Aaaa && Is(record.Name, service.Target!))).Distinct().ToArray()
            : [];
        return DnsMessageWriter.Answer(
            question.Id, (ushort)(AnswerFlags | (exists ? 0 : 3)), asked, answers, [.. zone.Where(static record => record.Type == ZoneRecord.Soa)], additional);
    }

    private static bool Is(string name, string other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);

    private static DnsQuestion Read(ReadOnlySpan<byte> message, int port, bool isTcp)
    {
        var id = BinaryPrimitives.ReadUInt16BigEndian(message);
        var name = new StringBuilder();
        var at = 12;
        for (; message[at] > 0; at += 1 + message[at])
            name.Append(name.Length > 0 ? "." : "").Append(Encoding.ASCII.GetString(message.Slice(at + 1, message[at])));
        return new DnsQuestion(name.ToString(), BinaryPrimitives.ReadUInt16BigEndian(message[(at + 1)..]), id, port, isTcp, message[11] > 0);
    }
}
