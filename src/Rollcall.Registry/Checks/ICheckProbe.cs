namespace Rollcall.Registry.Checks;

/// <summary>Makes one check. The HTTP kind lives with whoever knows HTTP.</summary>
public interface ICheckProbe
{
    /// <summary>
    /// Asks once, within <see cref="CheckDefinition.Timeout"/>. Never throws for what the other side does: that is a failed result with the reason.
    /// </summary>
    ValueTask<CheckResult> ProbeAsync(CheckDefinition check, CancellationToken cancellationToken);
}

/// <summary>How one check went.</summary>
/// <param name="Passed">True when it passed.</param>
/// <param name="Detail">What was answered or why it failed, in words for a person.</param>
public readonly record struct CheckResult(bool Passed, string Detail);
