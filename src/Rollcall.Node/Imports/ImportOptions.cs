namespace Rollcall.Node.Imports;

/// <summary>A service that the node shows though another system knows it: read-only, with its origin and how fresh it is.</summary>
/// <param name="Service">The name it has in the catalog.</param>
/// <param name="Target">Where it comes from; any source will do, such as <c>k8s:///shop/orders</c> or <c>dns:///orders.shop:8080</c>.</param>
public sealed record ImportOptions(string Service, string Target)
{
    /// <summary>
    /// A file of endpoints, or any target, that is shown until the first answer of <see cref="Target"/> comes, when that takes longer than <see cref="FallbackAfter"/> and nothing is known
    /// from before; never after it. Null, the default: nothing is shown until then.
    /// </summary>
    public string? Fallback { get; init; }

    /// <summary>How long the first answer may take before the fallback is shown. Default 2 s.</summary>
    public TimeSpan FallbackAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A file with names, icons, order and notes for people (docs/operations.md); null, the default, for none. It never supplies addresses.</summary>
    public string? Metadata { get; init; }

    /// <summary>Every option that breaks a rule, in words.</summary>
    internal IEnumerable<string> Violations()
    {
        if (!NameRules.IsLabel(Service))
            yield return $"The service '{Service}' cannot be imported: its name must be 1 to 63 of a-z 0-9 - with a letter or digit at both ends.";
        if (Target.Length == 0)
            yield return $"The import of {Service} needs a target, such as k8s:///shop/{Service}.";
        else if (!ServiceTarget.TryParse(Target, out _, out var error))
            yield return $"The import of {Service} has a wrong target. {error}";
        if (Fallback is not null && !ServiceTarget.TryParse(FallbackTarget!, out _, out var fallbackError))
            yield return $"The import of {Service} has a wrong fallback. {fallbackError}";
        if (FallbackAfter <= TimeSpan.Zero)
            yield return $"The first answer of {Service} must be given more than no time, not {DurationText.Format(FallbackAfter)}.";
    }

    /// <summary>The fallback as a target: a path is one of a file.</summary>
    internal string? FallbackTarget => Fallback is null || Fallback.Contains("://", StringComparison.Ordinal) ? Fallback : $"file://{(Fallback.StartsWith('/') ? "" : "./")}{Fallback}";
}
