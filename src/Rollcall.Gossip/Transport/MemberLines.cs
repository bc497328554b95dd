using Rollcall.Gossip.Protocol;

namespace Rollcall.Gossip.Transport;

/// <summary>Leave to write a line about a lasting state of a member, once in a while for each: what is wrong with it is found out again and again. For the loop alone.</summary>
internal sealed class MemberLines(TimeProvider time)
{
    public const int Max = 1024;

    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private readonly Dictionary<(EventKind Kind, string Member), long> _written = [];

    public bool TryTake(EventKind kind, string member)
    {
        if (_written.TryGetValue((kind, member), out var at) && time.GetElapsedTime(at) < Interval)
            return false;
        if (_written.Count >= Max)
            Sweep();
        // So many at once are told as any other lines are, without a memory of them.
        if (_written.Count < Max)
            _written[(kind, member)] = time.GetTimestamp();
        return true;
    }

    private void Sweep()
    {
        foreach (var (line, at) in _written)
        {
            if (time.GetElapsedTime(at) >= Interval)
                _written.Remove(line);
        }
    }
}
