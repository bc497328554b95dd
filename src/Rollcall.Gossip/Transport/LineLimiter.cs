namespace Rollcall.Gossip.Transport;

/// <summary>Leave to write some lines about one thing in a while, so that nobody outside fills a disk: what there is no leave for is counted. One caller at a time.</summary>
internal sealed class LineLimiter(TimeProvider time, int lines)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private long _began;
    private int _written;
    private long _heldBack;

    public bool TryTake()
    {
        if (_written == 0 || (_heldBack == 0 && IsOver))
        {
            _began = time.GetTimestamp();
            _written = 0;
        }

        if (_written < lines)
        {
            _written++;
            return true;
        }

        _heldBack++;
        return false;
    }

    /// <summary>How many there was no leave for, once their time is over.</summary>
    public bool TryEnd(out long heldBack)
    {
        heldBack = _heldBack;
        if (_heldBack == 0 || !IsOver)
            return false;
        _heldBack = 0;
        _written = 0;
        return true;
    }

    private bool IsOver => time.GetElapsedTime(_began) >= Interval;
}
