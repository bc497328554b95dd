using Rollcall.Registry;

namespace Rollcall.Node.Problems;

/// <summary>Why a request was refused: what was wrong, on what, and what to do.</summary>
internal sealed record Problem(ProblemKind Kind, string Detail)
{
    /// <summary>Each field that was refused and why; null when no field is to blame.</summary>
    public IReadOnlyList<FieldError>? Errors { get; init; }

    /// <summary>When to come back; null when coming back does not help.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Fields, headers or parameters that break a rule.</summary>
    public static Problem Invalid(IReadOnlyList<FieldError> errors) =>
        new(ProblemKind.InvalidRequest, errors.Count == 1 ? $"{errors[0].Field}: {errors[0].Message}" : $"{errors.Count} fields break a rule; see errors.")
        {
            Errors = errors,
        };

    /// <summary>One field, header or parameter that breaks a rule.</summary>
    public static Problem Invalid(string field, string message) => Invalid([new FieldError(field, message)]);

    /// <summary>The node is stopping or has too much to do.</summary>
    public static Problem BusyNow(string detail) => new(ProblemKind.Busy, detail) { RetryAfter = TimeSpan.FromSeconds(1) };
}
