namespace Rollcall.Gossip.Protocol;

/// <summary>
/// What is to be gossiped, each item until it has been sent often enough. Taken in the order of fewest transmissions, then of length, longest first, so that packets fill well,
/// then newest first; a queue of the application's messages takes the oldest first instead, to keep their order. Items about one member displace each other. Items and their buffers are used again.
/// </summary>
internal sealed class BroadcastQueue(bool keepsOrder, Action<long> completed) : IComparer<BroadcastQueue.Item>
{
    /// <summary>Bytes that each message costs in a compound.</summary>
    public const int LengthEntry = 2;

    private readonly List<Item> _items = [];
    private readonly List<Item> _taken = [];
    private readonly Stack<Item> _spare = [];
    private readonly Dictionary<int, Item> _byMember = [];
    private long _ids;

    public int Count => _items.Count;

    /// <summary>Bytes that all of it takes in packets.</summary>
    public int TotalLength { get; private set; }

    /// <summary>Bytes that the next message takes in a packet.</summary>
    public int NextLength => _items.Count == 0 ? 0 : _items[0].Length + LengthEntry;

    /// <summary>Queues a message about a member, in place of one that may be waiting. <paramref name="token"/> is told when it is done with, unless 0.</summary>
    public void Add(int member, ReadOnlySpan<byte> message, long token = 0)
    {
        Displace(member);
        var item = Make(message, member, token);
        _byMember[member] = item;
        Insert(item);
    }

    /// <summary>Queues a message that displaces none.</summary>
    public void Add(ReadOnlySpan<byte> message, long token = 0) => Insert(Make(message, MemberTable.None, token));

    public bool Has(int member) => _byMember.ContainsKey(member);

    /// <summary>Drops what waits about a member.</summary>
    public void Displace(int member)
    {
        if (!_byMember.TryGetValue(member, out var item))
            return;
        _items.RemoveAt(_items.BinarySearch(item, this));
        Complete(item);
    }

    /// <summary>Adds messages to the packet that is being made, as many as fit <paramref name="room"/>; returns the room left. No message is in a packet twice.</summary>
    public int Take(Effects packet, int room, int maxMessages, int transmitLimit)
    {
        var at = 0;
        while (at < _items.Count && room > LengthEntry && packet.MessagesInPacket < maxMessages)
        {
            var item = _items[at];
            if (item.Length + LengthEntry > room)
            {
                at++;
                continue;
            }

            packet.Append(item.Bytes.AsSpan(0, item.Length));
            room -= item.Length + LengthEntry;
            _items.RemoveAt(at);
            _taken.Add(item);
        }

        foreach (var item in _taken)
        {
            if (++item.Transmits >= transmitLimit)
                Complete(item);
            else
                Insert(item);
        }

        _taken.Clear();
        return room;
    }

    /// <summary>Drops what has been sent most, until at most so many wait.</summary>
    public void Prune(int max)
    {
        while (_items.Count > max)
        {
            var item = _items[^1];
            _items.RemoveAt(_items.Count - 1);
            Complete(item);
        }
    }

    public int Compare(Item? x, Item? y)
    {
        if (x is null || y is null || ReferenceEquals(x, y))
            return 0;
        if (x.Transmits != y.Transmits)
            return x.Transmits.CompareTo(y.Transmits);
        if (keepsOrder)
            return x.Id.CompareTo(y.Id);
        return x.Length != y.Length ? y.Length.CompareTo(x.Length) : y.Id.CompareTo(x.Id);
    }

    private Item Make(ReadOnlySpan<byte> message, int member, long token)
    {
        var item = _spare.Count > 0 ? _spare.Pop() : new();
        if (item.Bytes.Length < message.Length)
            item.Bytes = new byte[message.Length];
        message.CopyTo(item.Bytes);
        item.Length = message.Length;
        item.Member = member;
        item.Token = token;
        item.Transmits = 0;
        item.Id = ++_ids;
        TotalLength += item.Length + LengthEntry;
        return item;
    }

    private void Insert(Item item)
    {
        var at = _items.BinarySearch(item, this);
        _items.Insert(at < 0 ? ~at : at, item);
    }

    private void Complete(Item item)
    {
        TotalLength -= item.Length + LengthEntry;
        if (item.Member != MemberTable.None)
            _byMember.Remove(item.Member);
        var token = item.Token;
        if (_spare.Count < 64)
            _spare.Push(item);
        if (token != 0)
            completed(token);
    }

    internal sealed class Item
    {
        public byte[] Bytes { get; set; } = [];

        public int Length { get; set; }

        public int Member { get; set; }

        public int Transmits { get; set; }

        public long Id { get; set; }

        public long Token { get; set; }
    }
}
