namespace Rollcall.Gossip.Transport;

/// <summary>Gives messages of the application to whoever reads them. A reader that does not keep up misses the newest, which is counted.</summary>
internal sealed class MessageHub(Action missed)
{
    private readonly Lock _reading = new();
    private volatile MessageReader[] _readers = [];
    private bool _isOver;
    private Exception? _failure;

    public bool HasReaders => _readers.Length > 0;

    /// <summary>For one caller at a time.</summary>
    public void Tell(GossipMessage message)
    {
        foreach (var reader in _readers)
        {
            if (!reader.TryTell(message))
                missed();
        }
    }

    /// <summary>Readers end; by the failure, where there is one.</summary>
    public void End(Exception? failure = null)
    {
        lock (_reading)
        {
            if (_isOver)
                return;
            _isOver = true;
            _failure = failure;
            foreach (var reader in _readers)
                reader.End(failure);
        }
    }

    /// <summary>Each enumeration is a reader, and gets what comes from its beginning on.</summary>
    public IAsyncEnumerable<GossipMessage> Read(CancellationToken cancellationToken) => new Messages(this, cancellationToken);

    private MessageReader Add(CancellationToken asked, CancellationToken given)
    {
        var reader = new MessageReader(Remove, asked, given);
        lock (_reading)
        {
            if (_isOver)
                reader.End(_failure);
            _readers = [.. _readers, reader];
        }

        return reader;
    }

    private void Remove(MessageReader reader)
    {
        lock (_reading)
            _readers = [.. _readers.Where(other => other != reader)];
    }

    private sealed class Messages(MessageHub hub, CancellationToken asked) : IAsyncEnumerable<GossipMessage>
    {
        public IAsyncEnumerator<GossipMessage> GetAsyncEnumerator(CancellationToken cancellationToken = default) => hub.Add(asked, cancellationToken);
    }
}
