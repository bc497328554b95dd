using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Rollcall.Cli;

/// <summary>The signals that ask a process to stop, in the order they came. Thread-safe.</summary>
internal sealed class StopSignals : IDisposable
{
    // More than a person presses; a flood beyond it says nothing new.
    private const int Kept = 64;

    private readonly CancellationTokenSource _stopped = new();
    private readonly Channel<PosixSignal> _signals = Channel.CreateBounded<PosixSignal>(
        new BoundedChannelOptions(Kept) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Stopped => _stopped.Token;

    public void Raise(PosixSignal signal)
    {
        _signals.Writer.TryWrite(signal);
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
