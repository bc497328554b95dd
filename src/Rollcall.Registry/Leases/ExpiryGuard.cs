using System.Globalization;

namespace Rollcall.Registry.Leases;

/// <summary>What a census changed.</summary>
internal enum GuardTransition
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Expiry is suspended from now on.</summary>
    Began = 1,

    /// <summary>Expiry goes on.</summary>
    Ended = 2,
}

/// <summary>
/// The mass-expiry guard: when a large share of all leases lapses together, the network or this node is the likelier culprit than all those
/// services, and evicting them would do the harm. A pure function of a census of all leases, taken whenever a lease is overdue.
/// </summary>
/// <remarks>
/// <para>
/// <b>Who is missing.</b> A lease is <i>overdue</i> past its deadline, and <i>silent</i> once 1.5 times its usual interval between renewals has
/// passed (<see cref="Lease.IntervalTicks"/>: learned, at least ttl/3). Silence is known well before the deadline, so that the first lapse of a
/// partition is judged with the others that are about to follow, and a lease that is alone need not wait: it expires on time.
/// </para>
/// <para>
/// <b>Who lapses together.</b> A lease last renewed at <c>r</c> fell silent at some moment of <c>[r, r + max(window, 1.5 × interval)]</c>. The leases whose
/// spans share a moment <c>s</c> may have one cause: <c>missing(s) = overdue + silent + expired</c> among them, where expired ones count until
/// they are removed. For leases of one ttl this is: their deadlines lie within one window. The interval matters for long ttls, whose deadlines
/// are further apart than the window even when all fell silent at once; counting from the renewal makes ttls comparable.
/// </para>
/// <para>
/// <b>Rule.</b> It begins when for some moment <c>s</c> in the span of an overdue lease <c>missing(s) &gt; share × leases(s)</c> and
/// <c>leases(s) ≥ minimum</c>, where <c>leases(s)</c> are all that are not expired and the expired ones counted in <c>missing(s)</c>. It ends when no
/// moment in the span of a missing lease has so many: renewals came back, new instances outnumber the missing, or those were deregistered. From then on
/// every lease has its full ttl once more, as after a restart, for those whose renewals are still on their way. A majority that
/// is really gone therefore keeps it active until an operator deregisters it; that is the price, and status, metrics and log say so.
/// </para>
/// <para>
/// What is expired before it begins is at most the share; below the minimum it never acts. A census costs one pass over the leases and a
/// sort of the missing. A share of one turns it off. Not thread-safe.
/// </para>
/// <para>
/// <b>When no census is needed.</b> A census also counts who <i>could</i> be missing <see cref="Foresight"/> later if nobody renewed. While even all of those
/// are too few for what is left of the others, the next census would find nothing, and is spared.
/// </para>
/// </remarks>
internal sealed class ExpiryGuard
{
    private const long Silent = 0;
    private const long Overdue = 1;
    private const long Expired = 2;
    private const long KindMask = 3;
    private const long EndFlag = 4;
    private const int TimeShift = 3;
    private const double Tolerance = 1e-9; // a third of nine is not less than three

    // Intervals are kept in whole milliseconds: silence may come this much before half a ttl.
    private static readonly long Rounding = TimeSpan.FromMilliseconds(2).Ticks;

    private readonly double _share;
    private readonly int _minLeases;
    private readonly TimeSpan _window;

    // The ends of all spans: time, whether it ends there, kind; in one number that sorts by time, beginnings first.
    private readonly List<long> _spans = [];
    private long _now;
    private int _present;
    private int _candidates;
    private int _leaving;

    public ExpiryGuard(double share, int minLeases, TimeSpan window)
    {
        _share = share;
        _minLeases = minLeases;
        _window = window;
    }

    /// <summary>False when no census could make it act: a share of one is never exceeded.</summary>
    public bool CanAct => _share < 1;

    /// <summary>True while nothing may be expired or removed.</summary>
    public bool Active { get; private set; }

    /// <summary>Overdue leases that are not expired, as of the last census: what the guard holds while it is active.</summary>
    public int OverdueLeases { get; private set; }

    /// <summary>The largest group of the last census that exceeded the share, and how many leases it was measured by.</summary>
    public (int Missing, int Leases) Group { get; private set; }

    /// <summary>How far a census looks ahead. Less than half the shortest ttl: who registers or renews meanwhile cannot be missing by then.</summary>
    public static TimeSpan Foresight { get; } = TimeSpan.FromMilliseconds(400);

    /// <summary>Begins a census.</summary>
    public void BeginCensus(long now)
    {
        _now = now;
        _spans.Clear();
        _present = 0;
        _candidates = 0;
        _leaving = 0;
        OverdueLeases = 0;
    }

    /// <summary>Counts one lease.</summary>
    /// <param name="deadline">When it runs out or ran out.</param>
    /// <param name="ttl">Its ttl.</param>
    /// <param name="interval">Its usual time between renewals.</param>
    /// <param name="expired">True when it is on record as expired.</param>
    public void Count(long deadline, long ttl, long interval, bool expired)
    {
        var renewed = deadline - ttl;
        var patience = interval + (interval / 2);
        long kind;
        if (expired)
        {
            kind = Expired;
            _candidates++;
        }
        else
        {
            _present++;
            var foreseen = _now + Foresight.Ticks;
            // Half a ttl is the least patience there can be, whatever is learned of its renewals meanwhile.
            if (renewed + (ttl / 2) - Rounding <= foreseen)
                _candidates++;
            if (deadline <= foreseen)
                _leaving++;
            if (deadline <= _now)
            {
                kind = Overdue;
                OverdueLeases++;
            }
            else if (_now - renewed > patience)
            {
                kind = Silent;
            }
            else
            {
                return;
            }
        }

        _spans.Add((renewed << TimeShift) | kind);
        _spans.Add(((renewed + Math.Max(_window.Ticks, patience)) << TimeShift) | EndFlag | kind);
    }

    /// <summary>Ends the census and decides.</summary>
    public GuardTransition EndCensus()
    {
        var tooMany = FindGroup();
        if (tooMany == Active)
            return GuardTransition.None;
        Active = tooMany;
        return tooMany ? GuardTransition.Began : GuardTransition.Ended;
    }

    /// <summary>
    /// True when a census taken now could not make it begin, as the last one foresaw. No lease of less than twice <see cref="Foresight"/>, and none that is
    /// expired, may have been added since.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="forgotten">How many leases were taken away since the last census.</param>
    public bool IsIdle(long now, long forgotten) =>
        !Active && now <= _now + Foresight.Ticks && _candidates - (_share * (_present - _leaving - forgotten)) <= Tolerance;

    /// <summary>Why it is active, in words for an operator.</summary>
    public string Explain() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Group.Missing} of {Group.Leases} leases ({100.0 * Group.Missing / Group.Leases:0} %) stopped being renewed within {DurationText.Format(_window)} of each other. " +
        $"More than {100 * _share:0} % at once points to the network or to this node, not to the services: nothing is expired or removed until renewals return. " +
        $"Check that the instances reach this node; deregister those that are really gone.");

    private bool FindGroup()
    {
        // The usual case: even all of the missing together are too few, so that no order need be found among them.
        if ((_spans.Count / 2) - (_share * _present) <= Tolerance)
            return false;
        _spans.Sort();
        int silent = 0, overdue = 0, expired = 0;
        var worst = 0.0;
        foreach (var end in _spans)
        {
            var step = (end & EndFlag) == 0 ? 1 : -1;
            switch (end & KindMask)
            {
                case Silent:
                    silent += step;
                    break;
                case Overdue:
                    overdue += step;
                    break;
                default:
                    expired += step;
                    break;
            }

            // Only a beginning can make a group larger. To begin takes an overdue lease; to go on, one that may become so.
            if (step < 0 || overdue + (Active ? silent : 0) == 0)
                continue;
            var missing = silent + overdue + expired;
            var leases = _present + expired;
            var excess = missing - (_share * leases);
            if (leases < _minLeases || excess <= Tolerance || excess <= worst)
                continue;
            worst = excess;
            Group = (missing, leases);
        }

        return worst > 0;
    }
}
