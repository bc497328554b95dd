namespace Rollcall.Gateway.Reloading;

/// <summary>What became of the newest routes file.</summary>
/// <param name="At">When it was read (UTC).</param>
/// <param name="Error">Why it was refused, with lines; null when it is in force.</param>
/// <param name="InForceSince">When what is in force came into force (UTC).</param>
internal sealed record ReloadResult(DateTimeOffset At, string? Error, DateTimeOffset InForceSince);
