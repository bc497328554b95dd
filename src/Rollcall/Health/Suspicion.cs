namespace Rollcall.Health;

/// <summary>
/// Keeps requests away for a while from an endpoint that just could not be reached or went silent. The while doubles with every failure in a row. When it
/// is over, one request is let through to try; the others wait for what becomes of it. An answer ends it all. There is no timer: the
/// time is looked at when an endpoint is picked, and only of one that is avoided.
/// </summary>
internal sealed class Suspicion(TimeProvider time, TimeSpan first, TimeSpan longest)
{
    /// <summary>True for an endpoint that may be sent a request now. A true answer may be the one try of an avoided endpoint: then send.</summary>
    public bool Allows(BalancedEndpoint endpoint)
    {
        var load = endpoint.Load;
        var until = Volatile.Read(ref load.AvoidUntil);
        return until == 0 || MayTry(load, until);
    }

    /// <summary>It could not be reached, or has been silent for too long.</summary>
    public void Failed(BalancedEndpoint endpoint)
    {
        if (first <= TimeSpan.Zero)
            return;
        var load = endpoint.Load;
        var until = Volatile.Read(ref load.AvoidUntil);

        // Avoided already: this failure is of a request sent before, or of the one try, which was counted as failed when it was allowed.
        if (until == 0 || time.GetTimestamp() >= until)
            Avoid(load, until);
    }

    /// <summary>It has answered.</summary>
    public static void Answered(BalancedEndpoint endpoint)
    {
        var load = endpoint.Load;
        load.Answers = unchecked(load.Answers + 1);
        if (Volatile.Read(ref load.AvoidUntil) != 0)
            Forget(endpoint);
    }

    /// <summary>There is reason to think that it is well again.</summary>
    public static void Forget(BalancedEndpoint endpoint)
    {
        Volatile.Write(ref endpoint.Load.Failures, 0);
        Volatile.Write(ref endpoint.Load.AvoidUntil, 0);
    }

    private bool MayTry(EndpointLoad load, long until) => time.GetTimestamp() >= until && Avoid(load, until);

    // Of many at the same moment one wins.
    private bool Avoid(EndpointLoad load, long until)
    {
        var failures = Math.Min(Volatile.Read(ref load.Failures), 20);
        var length = Math.Min((double)first.Ticks * (1 << failures), longest.Ticks);
        var next = time.GetTimestamp() + (long)(length / TimeSpan.TicksPerSecond * time.TimestampFrequency);
        if (Interlocked.CompareExchange(ref load.AvoidUntil, Math.Max(1, next), until) != until)
            return false;
        Volatile.Write(ref load.Failures, failures + 1);
        return true;
    }
}
