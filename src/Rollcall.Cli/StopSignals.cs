using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Rollcall.Cli;

/// <summary>
/// The signals that ask a process to stop, in the order they came. Those that come within a moment have one cause and are one: <c>timeout</c> signals the process and then its group, a terminal that closes
/// does it beside its shell. Thread-safe.
/// </summary>
/// <param name="time">The clock of that moment.</param>
internal sealed class StopSignals(TimeProvider? time = null) : IDisposable
{
    // More than a person presses; a flood beyond it says nothing new.
    private const int Kept = 64;

    // Nobody means two by it: a person takes longer to want it more urgently.
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(200);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Lock _raising = new();
    private readonly CancellationTokenSource _stopped = new();
    private readonly Channel<PosixSignal> _signals = Channel.CreateBounded<PosixSignal>(
        new BoundedChannelOptions(Kept) { FullMode = BoundedChannelFullMode.DropWrite });
    private long? _last;

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Stopped => _stopped.Token;

    public void Raise(PosixSignal signal)
    {
        lock (_raising)
        {
            if (_last is { } last && _time.GetElapsedTime(last) < Moment)
                return;
            _last = _time.GetTimestamp();
            _signals.Writer.TryWrite(signal);
        }

        try
        {
            _stopped.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The process is past caring.
        }
    }

    /// <summary>The next signal that nobody has taken.</summary>
    public ValueTask<PosixSignal> NextAsync(CancellationToken cancellationToken) => _signals.Reader.ReadAsync(cancellationToken);

    public void Dispose() => _stopped.Dispose();
}
