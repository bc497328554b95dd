using Microsoft.Extensions.Options;

namespace Rollcall.Watching;

/// <summary>How this process watches services.</summary>
public sealed class WatchOptions
{
    /// <summary>
    /// How long endpoints that vanish in a suspicious number are kept before their loss is believed. Longer survives a slower restart
    /// of a registry; shorter notices sooner that a whole service was really removed. Zero turns hold-down off. Default: 5 s.
    /// </summary>
    public TimeSpan HoldDownTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Vanishing at once of more than this share of the ready endpoints is suspicious (so is vanishing of all that is known).
    /// 0 doubts every loss, 1 only a drop to empty. Default: 0.5.
    /// </summary>
    public double HoldDownLossShare { get; set; } = 0.5;

    /// <summary>
    /// How long a watch goes on after its last reference was disposed, so that whoever comes back finds it warm. Default: 1 minute.
    /// </summary>
    public TimeSpan Linger { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a caller waits for the first snapshot before it gets a <see cref="DiscoveryException"/>. Default: 5 s.</summary>
    public TimeSpan FirstSnapshotTimeout { get; set; } = TimeSpan.FromSeconds(5);
}

/// <summary>Checks <see cref="WatchOptions"/>, naming every violation at once.</summary>
internal sealed class WatchOptionsValidator : IValidateOptions<WatchOptions>
{
    public ValidateOptionsResult Validate(string? name, WatchOptions options)
    {
        var errors = Errors(options).ToList();
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    public static IEnumerable<string> Errors(WatchOptions options)
    {
        if (options.HoldDownTime < TimeSpan.Zero || options.HoldDownTime > TimeSpan.FromHours(1))
            yield return $"{nameof(WatchOptions)}.{nameof(WatchOptions.HoldDownTime)} is {options.HoldDownTime}; it must be 0 (off) to 1 hour.";
        if (options.HoldDownLossShare is not (>= 0 and <= 1))
            yield return $"{nameof(WatchOptions)}.{nameof(WatchOptions.HoldDownLossShare)} is {options.HoldDownLossShare}; it must be 0 to 1.";
        if (options.Linger < TimeSpan.Zero || options.Linger > TimeSpan.FromDays(1))
            yield return $"{nameof(WatchOptions)}.{nameof(WatchOptions.Linger)} is {options.Linger}; it must be 0 to 1 day.";
        if (options.FirstSnapshotTimeout <= TimeSpan.Zero || options.FirstSnapshotTimeout > TimeSpan.FromHours(1))
            yield return $"{nameof(WatchOptions)}.{nameof(WatchOptions.FirstSnapshotTimeout)} is {options.FirstSnapshotTimeout}; it must be more than 0 and at most 1 hour.";
    }
}
