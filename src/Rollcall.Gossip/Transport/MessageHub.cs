using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Rollcall.Gossip.Transport;

/// <summary>Gives messages of the application to whoever reads them. A reader that does not keep up misses the newest, which is counted.</summary>
internal sealed class MessageHub(Action missed)
{
    private const int Capacity = 1024;

    private readonly Lock _reading = new();
    private volatile Channel<GossipMessage>[] _readers = [];
    private bool _isOver;

    public bool HasReaders => _readers.Length > 0;

    public void Tell(GossipMessage message)
    {
        foreach (var reader in _readers)
        {
            if (!reader.Writer.TryWrite(message))
                missed();
        }
    }

    public void End()
    {
        lock (_reading)
        {
            _isOver = true;
            foreach (var reader in _readers)
                reader.Writer.TryComplete();
        }
    }

    /// <summary>A reader gets what comes from now on.</summary>
    public IAsyncEnumerable<GossipMessage> Read(CancellationToken cancellationToken)
    {
        var reader = Channel.CreateBounded<GossipMessage>(new BoundedChannelOptions(Capacity) { SingleReader = true });
        lock (_reading)
        {
            if (_isOver)
                reader.Writer.TryComplete();
            _readers = [.. _readers, reader];
        }

        return ReadAsync(reader, cancellationToken);
    }

    private async IAsyncEnumerable<GossipMessage> ReadAsync(Channel<GossipMessage> reader, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var message in reader.Reader.ReadAllAsync(cancellationToken))
                yield return message;
        }
        finally
        {
            lock (_reading)
                _readers = [.. _readers.Where(other => other != reader)];
        }
    }
}
