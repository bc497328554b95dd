using System.Buffers;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Transport;

/// <summary>
/// The one writer of the protocol's state. What comes in waits in a bounded queue: a datagram that finds it full is dropped, as the network may do, a command waits for
/// its place. The clock is looked at after each input, so that no flood keeps the timers from running.
/// </summary>
internal sealed class GossipLoop : IDisposable
{
    private const int Capacity = 1024;
    private const int InputsPerSettling = 256;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    private readonly Channel<LoopInput> _inputs = Channel.CreateBounded<LoopInput>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly List<NodeAddress> _unreachable = [];
    private readonly List<LoopCommand> _finished = [];
    private readonly SwimCore _core;
    private readonly PacketSocket _socket;
    private readonly PacketReader _reader;
    private readonly PacketWriter _writer;
    private readonly ILoopObserver _observer;
    private readonly GossipMetrics _metrics;
    private readonly ILogger _logger;
    private readonly LineLimiter _failures;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _start;
    private bool _isWarm;
    private long _armed = TimerQueue.Never;
    private bool _hasFired;

    public GossipLoop(SwimCore core, WireOptions wire, PacketSocket socket, ILoopObserver observer, GossipMetrics metrics, TimeProvider time, ILogger logger)
    {
        _core = core;
        _socket = socket;
        _observer = observer;
        _metrics = metrics;
        _logger = logger;
        _time = time;
        _failures = new(time, 5);
        _start = time.GetTimestamp();
        _reader = new(wire);
        _writer = new(wire);
        _timer = time.CreateTimer(static state => ((GossipLoop)state!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public long Now => _time.GetElapsedTime(Volatile.Read(ref _start)).Ticks;

    public void Post(ReadOnlyMemory<byte> datagram, NodeAddress from)
    {
        _metrics.Received(datagram.Length);
        var copy = ArrayPool<byte>.Shared.Rent(Math.Max(1, datagram.Length));
        datagram.CopyTo(copy);
        if (_inputs.Writer.TryWrite(new(copy, datagram.Length, from, null)))
            return;
        ArrayPool<byte>.Shared.Return(copy);
        _metrics.Dropped("packet");
    }

    /// <summary>The result of something that the loop does. Throws what that throws, and <see cref="ObjectDisposedException"/> once the loop has ended.</summary>
    public async Task<T> AskAsync<T>(Func<SwimCore, long, T> body)
    {
        var command = new LoopCommand<T>(body);
        try
        {
            await _inputs.Writer.WriteAsync(new(null, 0, default, command));
        }
        catch (ChannelClosedException closed)
        {
            command.Abandon(closed.InnerException);
        }

        return await command.Done;
    }

    /// <summary>With a failure all who ask are told of it.</summary>
    public void Stop(Exception? failure = null) => _inputs.Writer.TryComplete(failure);

    /// <summary>Runs until stopped; what had been asked before is still done.</summary>
    public async Task RunAsync()
    {
        Exception? failure = null;
        try
        {
            while (true)
            {
                // Unlike a wait for there to be something, this allocates nothing.
                var input = await _inputs.Reader.ReadAsync();
                var taken = 0;
                do
                {
                    Take(input);
                    if (++taken % InputsPerSettling == 0)
                        Settle();
                }
                while (_inputs.Reader.TryRead(out input));

                // Before anybody is told: whoever moves the clock by what he was told finds the timer set.
                Arm();
                Settle();
            }
        }
        catch (ChannelClosedException closed)
        {
            failure = closed.InnerException; // stopped, and nothing is left
        }
        catch (Exception error)
        {
            failure = error;
            throw;
        }
        finally
        {
            Stop(failure);
            foreach (var command in _finished)
                command.Abandon(failure);
            while (_inputs.Reader.TryRead(out var input))
                input.Command?.Abandon(failure);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _reader.Dispose();
        _writer.Dispose();
    }

    // Who asked for something goes on when it is to be seen.
    private void Settle()
    {
        var began = _time.GetTimestamp();
        try
        {
            _observer.Settled(_core);
        }
        catch (Exception error)
        {
            Failed(error);
        }

        if (_failures.TryEnd(out var more))
            GossipLog.More(_logger, LogLevel.Error, more, LineLimiter.Interval.TotalSeconds, "an input of the protocol failed");

        foreach (var command in _finished)
            command.Finish();
        _finished.Clear();
        StandStill(began);
    }

    private void Take(in LoopInput input)
    {
        var began = _time.GetTimestamp();
        var now = _time.GetElapsedTime(_start, began).Ticks;
        Handle(input, now);
        Advance(now);
        StandStill(began);
    }

    // What is run for the first time is compiled first, which can take longer than a probe. A node that counted it would begin with doubts in itself.
    private void StandStill(long began)
    {
        if (_isWarm)
            return;
        Volatile.Write(ref _start, _start + _time.GetTimestamp() - began);
        _isWarm = _time.GetElapsedTime(_start) > WarmUp;
    }

    private void Handle(in LoopInput input, long now)
    {
        try
        {
            if (input.Packet is { } packet)
                Read(packet.AsSpan(0, input.Length), input.From, now);
            else
                Run(input.Command, now);
            Dispatch(now);
        }
        catch (Exception error)
        {
            PassOver(error);
        }
        finally
        {
            if (input.Packet is not null)
                ArrayPool<byte>.Shared.Return(input.Packet);
        }
    }

    // Whatever comes in fails, the timers run.
    private void Advance(long now)
    {
        try
        {
            if (_core.NextDeadline > now)
                return;
            _core.Advance(now);
            Dispatch(now);
        }
        catch (Exception error)
        {
            PassOver(error);
        }
    }

    // A bug, and no reason for a node to be taken for dead. What is left of it to be done would be done again with each next input.
    private void PassOver(Exception error)
    {
        _core.Effects.Clear();
        _unreachable.Clear();
        Failed(error);
    }

    // An input that finds a bug can come again as often as its sender likes.
    private void Failed(Exception error)
    {
        if (_failures.TryTake())
            GossipLog.InputFailed(_logger, error);
    }

    private void Run(LoopCommand? command, long now)
    {
        if (command is null)
            return;
        command.Run(_core, now);
        _finished.Add(command);
    }

    private void Read(ReadOnlySpan<byte> datagram, NodeAddress from, long now)
    {
        var sink = new Sink(this, from, now);
        _reader.Read(datagram, ref sink);
    }

    private void Dispatch(long now)
    {
        Perform();
        for (var i = 0; i < _unreachable.Count; i++)
        {
            // What the protocol then sends instead may fail as well; the list is bounded by the members that it asks.
            _core.SendFailed(_unreachable[i], now);
            Perform();
        }

        _unreachable.Clear();
    }

    private void Perform()
    {
        var effects = _core.Effects;
        foreach (ref readonly var packet in effects.Packets)
            Send(packet);
        foreach (var ping in effects.StreamPings)
            _observer.StartPing(ping);
        foreach (var exchange in effects.Exchanges)
            _observer.StartExchange(exchange);
        foreach (ref readonly var change in effects.Events)
            Tell(change);
        effects.Clear();
    }

    // The protocol tells each once: one that cannot be taken must not cost the next.
    private void Tell(in ProtocolEvent change)
    {
        try
        {
            _observer.Happened(change, change.Kind == EventKind.MessageReceived ? _core.Effects.PayloadOf(change) : default);
        }
        catch (Exception error)
        {
            Failed(error);
        }
    }

    private void Send(in OutgoingPacket packet)
    {
        _writer.Begin(packet.Crc);
        foreach (var message in _core.Effects.MessagesOf(packet))
        {
            if (_writer.TryAdd(message))
                continue;
            Send(packet.To);
            _writer.Begin(packet.Crc);
            _writer.TryAdd(message);
        }

        if (_writer.Count > 0)
            Send(packet.To);
    }

    private void Send(NodeAddress to)
    {
        var datagram = _writer.Finish().Span;
        if (_socket.TrySend(to, datagram))
            _metrics.Sent(datagram.Length);
        else if (_unreachable.Count < Capacity)
            _unreachable.Add(to);
    }

    // Where the queue is full the loop is awake, and arms the timer again before it sleeps.
    private void Wake()
    {
        Volatile.Write(ref _hasFired, true);
        _inputs.Writer.TryWrite(default);
    }

    // Rounded up, and still it may come a little early: then it is armed again for the same deadline.
    private void Arm()
    {
        var deadline = _core.NextDeadline;
        if (deadline == _armed && !Volatile.Read(ref _hasFired))
            return;
        _armed = deadline;
        Volatile.Write(ref _hasFired, false);
        var due = deadline == TimerQueue.Never
            ? Timeout.InfiniteTimeSpan
            : TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling((deadline - Now) / (double)TimeSpan.TicksPerMillisecond)));
        _timer.Change(due, Timeout.InfiniteTimeSpan);
    }

    private readonly ref struct Sink(GossipLoop loop, NodeAddress from, long now) : IPacketSink
    {
        public void Accept(ReadOnlySpan<byte> message)
        {
            loop._core.Receive(message, from, now);
            loop.Dispatch(now);
        }

        public void Refuse(string reason) => loop._observer.Refused(from, reason);
    }
}
