using Microsoft.Extensions.Logging;

namespace Rollcall.Registry.Checks;

/// <summary>Asks the probe of a check's kind; whatever comes of it is a result.</summary>
internal sealed partial class ProbeSet(IReadOnlyDictionary<CheckKind, ICheckProbe> probes, ILogger logger)
{
    private readonly ILogger _logger = logger;

    /// <summary>Makes a check.</summary>
    /// <param name="run">The check.</param>
    /// <param name="ended">Cancelled when its time is up, when it is no longer wanted, or when stopping.</param>
    /// <param name="stopping">Cancelled when stopping: only then does this throw.</param>
    public async ValueTask<CheckResult> ProbeAsync(CheckRun run, CancellationToken ended, CancellationToken stopping)
    {
        var check = run.Check;
        if (!probes.TryGetValue(check.Kind, out var probe))
            return new CheckResult(Passed: false, "this node cannot make checks of that kind");
        try
        {
            return await probe.ProbeAsync(check, ended);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return new CheckResult(Passed: false, $"no answer within {DurationText.Format(check.Timeout)}");
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // A probe answers for what the other side does; this is its own defect, and one instance's checks must not end those of all.
            LogProbeFailed(error, check.Kind, check.Target, run.Instance.Key);
            return new CheckResult(Passed: false, $"the check could not be made: {error.Message}");
        }
    }
}
