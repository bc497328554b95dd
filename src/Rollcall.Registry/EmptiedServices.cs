namespace Rollcall.Registry;

/// <summary>A service whose last instance has left.</summary>
/// <param name="Service">Its name.</param>
/// <param name="Revision">Its revision: that of the change that emptied it.</param>
/// <param name="Since">When that was (UTC).</param>
public sealed record EmptiedService(string Service, long Revision, DateTimeOffset Since);

/// <summary>What is remembered of services without instances, so that their revisions only grow, over restarts too.</summary>
/// <param name="Forgotten">
/// The newest revision at which a service was emptied that is no longer among <paramref name="Services"/>: of a name of which nothing is known, this may
/// have been seen. 0 when none was forgotten.
/// </param>
/// <param name="Services">Those that are remembered, the longest empty first.</param>
public sealed record EmptiedServices(long Forgotten, IReadOnlyList<EmptiedService> Services)
{
    /// <summary>No service was ever emptied.</summary>
    public static EmptiedServices None { get; } = new(0, []);
}
