using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Serf;

/// <summary>A query of this node: who was there to answer it, and who did.</summary>
internal sealed class OwnQuery(ulong time, uint id, ReadOnlyMemory<byte> message, IEnumerable<string> members, TimeSpan timeout)
{
    /// <summary>What is kept of one answer; an agent sends at most 1,024 bytes.</summary>
    public const int MaxAnswerLength = 4096;

    private readonly HashSet<string> _silent = new(members, StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]> _answers = new(StringComparer.Ordinal);

    public ulong Time => time;

    public uint Id => id;

    /// <summary>As it goes out.</summary>
    public ReadOnlyMemory<byte> Message => message;

    /// <summary>How long it is open.</summary>
    public TimeSpan Timeout => timeout;

    /// <summary>The other members that have not answered.</summary>
    public IReadOnlyCollection<string> Silent => _silent;

    /// <summary>By the name of the member.</summary>
    public IReadOnlyDictionary<string, byte[]> Answers => _answers;

    public bool IsComplete => _silent.Count == 0;

    /// <summary>False where nobody asked that member, or it has answered before: by relays an answer comes more than once.</summary>
    public bool Take(in QueryResponse response)
    {
        if (response.Payload.Length > MaxAnswerLength || response.Flags.HasFlag(QueryFlags.Ack))
            return false;
        var from = MemberName.Text(response.From);
        if (!_silent.Remove(from))
            return false;
        _answers[from] = response.Payload.ToArray();
        return true;
    }
}
