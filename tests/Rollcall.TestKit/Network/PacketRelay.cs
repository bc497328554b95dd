namespace Rollcall.TestKit.Network;

/// <summary>Takes packets from a device and gives them back to it later, in another order, or twice.</summary>
internal sealed class PacketRelay : IDisposable
{
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(50);

    private readonly TunDevice _device;
    private readonly RelayFaults _faults;
    private readonly Random _random;
    private readonly PriorityQueue<(long Number, byte[] Packet), long> _waiting = new();
    private readonly byte[] _buffer = new byte[65_536];
    private readonly Thread _thread;
    private volatile bool _stopped;
    private long _taken;
    private long _latest;
    private long _passed;
    private long _overtaken;
    private long _duplicated;

    public PacketRelay(TunDevice device, RelayFaults faults, Random random)
    {
        (_device, _faults, _random) = (device, faults, random);
        _thread = new Thread(Run) { IsBackground = true, Name = "packet relay" };
        _thread.Start();
    }

    public RelayCounts Counts => new(Interlocked.Read(ref _passed), Interlocked.Read(ref _overtaken), Interlocked.Read(ref _duplicated));

    public void Dispose()
    {
        _stopped = true;
        _thread.Join();
        _device.Dispose();
    }

    private void Run()
    {
        while (!_stopped)
        {
            _device.Wait(UntilNext());
            while (_device.Read(_buffer) is var length and > 0)
                Take(_buffer.AsSpan(0, length));
            while (_waiting.TryPeek(out _, out var due) && due <= TimeProvider.System.GetTimestamp())
                Pass(_waiting.Dequeue());
        }
    }

    private TimeSpan UntilNext()
    {
        if (!_waiting.TryPeek(out _, out var due))
            return Idle;
        var now = TimeProvider.System.GetTimestamp();
        return due <= now ? TimeSpan.Zero : TimeProvider.System.GetElapsedTime(now, due);
    }

    private void Take(ReadOnlySpan<byte> packet)
    {
        if (packet[0] >> 4 != 4)
            return; // kernels greet on every device over IPv6
        var copy = packet.ToArray();
        var number = ++_taken;
        _waiting.Enqueue((number, copy), Due());
        if (_random.NextDouble() < _faults.Duplicated)
            _waiting.Enqueue((0, copy), Due());
    }

    private long Due()
    {
        var wait = _faults.Delay + (_faults.Jitter * _random.NextDouble());
        return TimeProvider.System.GetTimestamp() + (long)(wait.TotalSeconds * TimeProvider.System.TimestampFrequency);
    }

    private void Pass((long Number, byte[] Packet) next)
    {
        _device.Write(next.Packet);
        if (next.Number == 0)
        {
            Interlocked.Increment(ref _duplicated);
            return;
        }

        Interlocked.Increment(ref _passed);
        if (next.Number < _latest)
            Interlocked.Increment(ref _overtaken);
        _latest = Math.Max(_latest, next.Number);
    }
}
