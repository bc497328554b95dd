using System.Numerics;
using Microsoft.Extensions.Logging;

namespace Rollcall.Gossip.Transport;

/// <summary>Logs the tries of one join. A seed that may never be there is tried for ever, and the same failure is told less and less often; another one at once.</summary>
internal sealed class JoinLines(ILogger logger)
{
    // At the longest pauses that is about twice an hour.
    private const int Rarest = 128;

    private readonly Lock _gate = new();
    private readonly HashSet<(string Seed, string Reason)> _told = [];
    private int _try;

    private bool IsLoud => BitOperations.IsPow2(_try) || _try % Rarest == 0;

    public void Begin()
    {
        _try++;
        if (IsLoud)
            _told.Clear();
    }

    /// <summary>Thread-safe.</summary>
    public void Failed(string seed, string reason)
    {
        lock (_gate)
        {
            if (!_told.Add((seed, reason)))
                return;
        }

        GossipLog.SeedFailed(logger, seed, reason);
    }

    /// <param name="seeds">How many were tried.</param>
    /// <param name="wait">Until the next try.</param>
    public void NobodyJoined(int seeds, TimeSpan wait)
    {
        // Of a wait shorter than what is shown it is not said that there is none.
        if (IsLoud)
            GossipLog.JoinRetried(logger, seeds, _try, Math.Max(wait.TotalSeconds, 0.1));
    }
}
