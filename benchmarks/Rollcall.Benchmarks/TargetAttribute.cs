namespace Rollcall.Benchmarks;

/// <summary>What a benchmark has to keep to, for each of its parameters.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TargetAttribute : Attribute
{
    /// <summary>The most nanoseconds one operation may take; 0 for no target.</summary>
    public double MaxNanoseconds { get; init; }

    /// <summary>The most bytes one operation may allocate; negative for no target.</summary>
    public long MaxBytes { get; init; } = -1;
}
