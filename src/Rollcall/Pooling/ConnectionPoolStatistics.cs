using System.Collections.Immutable;

namespace Rollcall.Pooling;

/// <summary>What a pool is doing, counted while it goes on: the figures of one moment need not add up exactly.</summary>
/// <param name="Connections">All connections, by what they are doing.</param>
/// <param name="Waiters">Callers that wait for a connection now.</param>
/// <param name="Waits">Callers that have had to wait so far.</param>
/// <param name="WaitTime">How long they waited in all.</param>
/// <param name="Opened">Connections opened so far.</param>
/// <param name="Closed">Connections closed so far.</param>
/// <param name="Failures">Connects, checks and rentals that failed so far.</param>
/// <param name="Endpoints">Each endpoint that new connections may be opened to, or that has some left, in order of id.</param>
public sealed record ConnectionPoolStatistics(
    ConnectionCounts Connections,
    int Waiters,
    long Waits,
    TimeSpan WaitTime,
    long Opened,
    long Closed,
    long Failures,
    ImmutableArray<EndpointPoolStatistics> Endpoints);

/// <summary>The connections of a pool to one endpoint.</summary>
/// <param name="Endpoint">The endpoint as the newest snapshot has it, or had it when it was drained or left.</param>
/// <param name="IsRetired">Whether it was drained, has left or has moved: what is in use is closed when it is returned.</param>
/// <param name="Connections">Its connections, by what they are doing.</param>
/// <param name="Failures">Connects, checks and rentals that failed so far.</param>
public sealed record EndpointPoolStatistics(Endpoint Endpoint, bool IsRetired, ConnectionCounts Connections, long Failures);

/// <summary>Connections by what they are doing.</summary>
/// <param name="Idle">Ready to be rented.</param>
/// <param name="InUse">Rented.</param>
/// <param name="Opening">Being made.</param>
/// <param name="Checking">Idle and being checked.</param>
/// <param name="Closing">Being closed.</param>
/// <param name="OldestAge">The age of the oldest one that is open; zero when none is.</param>
public sealed record ConnectionCounts(int Idle, int InUse, int Opening, int Checking, int Closing, TimeSpan OldestAge)
{
    /// <summary>All that count against the limits.</summary>
    public int Open => Idle + InUse + Opening + Checking + Closing;
}
