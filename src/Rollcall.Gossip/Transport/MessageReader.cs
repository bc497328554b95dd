using System.Threading.Channels;

namespace Rollcall.Gossip.Transport;

/// <summary>What waits for one reader of messages, bounded in number and in bytes.</summary>
internal sealed class MessageReader : IAsyncEnumerator<GossipMessage>
{
    private const int Capacity = 1024;
    private const long MaxBytes = 32 * 1024 * 1024; // one message of any length is taken, if it is alone

    private readonly Channel<GossipMessage> _waiting = Channel.CreateBounded<GossipMessage>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly Action<MessageReader> _ended;
    private readonly CancellationTokenSource _cancelled;
    private readonly CancellationToken _cancellation;
    private long _bytes;
    private bool _isDisposed;

    public MessageReader(Action<MessageReader> ended, CancellationToken asked, CancellationToken given)
    {
        _ended = ended;
        _cancelled = CancellationTokenSource.CreateLinkedTokenSource(asked, given);
        _cancellation = _cancelled.Token;
    }

    public GossipMessage Current { get; private set; } = null!;

    /// <summary>For one caller at a time. False where the reader does not keep up.</summary>
    public bool TryTell(GossipMessage message)
    {
        var held = Interlocked.Add(ref _bytes, message.Payload.Length);
        var fits = held == message.Payload.Length || held <= MaxBytes;
        if (fits && _waiting.Writer.TryWrite(message))
            return true;
        Interlocked.Add(ref _bytes, -message.Payload.Length);
        return false;
    }

    public void End(Exception? failure) => _waiting.Writer.TryComplete(failure);

    public async ValueTask<bool> MoveNextAsync()
    {
        while (!_isDisposed && await _waiting.Reader.WaitToReadAsync(_cancellation))
        {
            if (!_waiting.Reader.TryRead(out var message))
                continue;
            Interlocked.Add(ref _bytes, -message.Payload.Length);
            Current = message;
            return true;
        }

        return false;
    }

    public ValueTask DisposeAsync()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _ended(this);
            End(null);
            _cancelled.Dispose();
        }

        return ValueTask.CompletedTask;
    }
}
