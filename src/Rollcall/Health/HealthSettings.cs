namespace Rollcall.Health;

/// <summary>All that says for how long whom is avoided.</summary>
/// <param name="AvoidTime">For how long an endpoint that does not answer is avoided at first; zero for never.</param>
/// <param name="MaxAvoidTime">For how long at most.</param>
/// <param name="Options">When and for how long endpoints are ejected.</param>
internal sealed record HealthSettings(TimeSpan AvoidTime, TimeSpan MaxAvoidTime, HealthOptions Options)
{
    public static HealthSettings Default { get; } = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), new HealthOptions());
}
