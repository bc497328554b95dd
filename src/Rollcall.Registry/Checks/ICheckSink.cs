namespace Rollcall.Registry.Checks;

/// <summary>Takes verdicts and makes them durable. Called by one loop, one call at a time.</summary>
internal interface ICheckSink
{
    /// <summary>
    /// Writes each verdict that is still current, as <see cref="HealthChecker.IsCurrent"/> says at the moment of writing. True once the whole batch is
    /// settled; false (or an exception) means nothing could be written: the newest verdict of each is offered again later.
    /// </summary>
    ValueTask<bool> ReportAsync(IReadOnlyList<CheckVerdict> verdicts, CancellationToken cancellationToken);
}

/// <summary>What all checks of an instance together say.</summary>
/// <param name="Key">The instance.</param>
/// <param name="Generation">Which <see cref="HealthChecker.Track"/> it belongs to.</param>
/// <param name="FailingCheck">The first check that fails, in words; null when all pass. Becomes <see cref="Instance.FailingCheck"/>.</param>
internal readonly record struct CheckVerdict(InstanceKey Key, long Generation, string? FailingCheck);
