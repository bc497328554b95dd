namespace Rollcall.Gossip.Protocol;

/// <summary>Sends what is queued to a few members in each interval. While there is nothing to say there is no timer either; its beat is kept, so that nodes stay out of step.</summary>
internal sealed class Gossiper(SwimContext context)
{
    private const byte CrcFrom = 5;

    private readonly long _interval = context.Settings.GossipInterval.Ticks;
    private long _beat;
    private bool _isSet;

    public bool HasWork => context.Queue.Count > 0 || context.UserQueue.Count > 0;

    public void Start() => _beat = context.Now + context.Random.NextInt64(Math.Max(1, _interval));

    /// <summary>Sets the timer where there is something to say and it is not set.</summary>
    public void Arm()
    {
        if (_isSet || !HasWork || _interval <= 0 || context.Settings.GossipNodes < 1)
            return;
        _isSet = true;
        if (_beat <= context.Now)
            _beat += _interval * (((context.Now - _beat) / _interval) + 1);
        context.Timers.Set(TimerKind.Gossip, _beat);
    }

    public void Tick()
    {
        _isSet = false;
        if (!HasWork)
            return;
        Span<int> targets = stackalloc int[Math.Min(context.Settings.GossipNodes, 32)];
        var count = MemberPicker.Pick(context, targets, PickKind.GossipTarget);
        foreach (var row in targets[..count])
        {
            var target = context.Members.RecordOf(row);
            context.Effects.BeginPacket(target.Address, target.Versions.ProtocolMax >= CrcFrom);
            context.FillAndSend();
            if (!HasWork)
                break;
        }
    }
}
