namespace Rollcall.TestKube.Faults;

/// <summary>The end of every watch that took this.</summary>
internal sealed class WatchEnd : IDisposable
{
    private readonly CancellationTokenSource _ended = new();

    public WatchEnd() => Ended = _ended.Token;

    /// <summary>Good to ask after the end, too.</summary>
    public CancellationToken Ended { get; }

    /// <summary>By a reset, not in good order. Valid once ended.</summary>
    public bool IsReset { get; private set; }

    public void End(bool reset)
    {
        IsReset = reset;
        _ended.Cancel();
    }

    public void Dispose() => _ended.Dispose();
}
