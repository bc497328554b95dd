using System.Collections.Immutable;
using System.Globalization;
using Rollcall.Gateway.Configuration;

namespace Rollcall.Gateway.Splitting;

/// <summary>How the traffic of a route is shared out at present: as the file has it, or as somebody has shifted it since.</summary>
internal sealed class RouteSplit
{
    private readonly Lock _gate = new();
    private readonly ImmutableArray<VersionShare> _configured;
    private SplitTable _table;
    private DateTimeOffset? _shiftedAt;

    public RouteSplit(ImmutableArray<SplitConfig> splits)
    {
        _configured = [.. splits.Select(static split => new VersionShare(split.Version, split.Weight))];
        _table = new SplitTable(_configured);
    }

    /// <summary>What the file says, in percent.</summary>
    public ImmutableArray<VersionShare> Configured => SplitTable.InPercent(_configured);

    /// <summary>What is in force.</summary>
    public SplitTable Table => Volatile.Read(ref _table);

    /// <summary>Since when it is not as in the file; null when it is.</summary>
    public DateTimeOffset? ShiftedAt
    {
        get
        {
            lock (_gate)
                return _shiftedAt;
        }
    }

    /// <summary>Takes over what a route of the same versions and weights was shifted to.</summary>
    public void Inherit(RouteSplit before)
    {
        if (before.ShiftedAt is not { } at || !_configured.SequenceEqual(before._configured))
            return;
        lock (_gate)
        {
            _shiftedAt = at;
            Volatile.Write(ref _table, before.Table);
        }
    }

    /// <summary>Gives versions a share each; the others keep what remains in the proportion they have, or have in the file when they have nothing.</summary>
    /// <param name="shares">Percent by version.</param>
    /// <param name="now">The time (UTC).</param>
    /// <returns>Why it cannot be, with what to do; null when it is in force.</returns>
    public string? Shift(IReadOnlyDictionary<string, double> shares, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (ProblemOf(shares) is { } problem)
                return problem;
            var rest = shares.Count == _configured.Length ? 0 : Math.Max(0, 100 - shares.Values.Sum());
            var current = _table.Shares;
            var basis = SumOfOthers(current, shares) > 0 ? current : _configured;
            var others = SumOfOthers(basis, shares);
            if (rest > 0 && others <= 0)
                return $"{Percent(rest)} would go nowhere: the versions that are not named have no weight. Name shares that sum to 100%.";
            Volatile.Write(ref _table, new SplitTable(
                [.. basis.Select(share => share with { Weight = shares.TryGetValue(share.Version, out var given) ? given : others > 0 ? share.Weight * rest / others : 0 })]));
            _shiftedAt = now;
            return null;
        }
    }

    /// <summary>Back to what the file says.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            Volatile.Write(ref _table, new SplitTable(_configured));
            _shiftedAt = null;
        }
    }

    private string? ProblemOf(IReadOnlyDictionary<string, double> shares)
    {
        if (shares.Count == 0)
            return "No version is named. Write at least one, such as v2=10%.";
        foreach (var (version, share) in shares)
        {
            if (!_configured.Any(one => string.Equals(one.Version, version, StringComparison.Ordinal)))
                return $"There is no version '{version}'; there are: {string.Join(", ", _configured.Select(static one => one.Version))}.";
            if (!(share is >= 0 and <= 100))
                return $"The share of '{version}' is {Percent(share)}; it must be from 0% to 100%.";
        }

        var sum = shares.Values.Sum();
        if (sum > 100 + PercentText.Tolerance)
            return $"The shares sum to {Percent(sum)}; at most 100% can be given.";
        return shares.Count == _configured.Length && sum < 100 - PercentText.Tolerance
            ? $"Every version is named and the shares sum to {Percent(sum)}; they must sum to 100%, or leave out a version that gets the rest."
            : null;
    }

    private static double SumOfOthers(ImmutableArray<VersionShare> all, IReadOnlyDictionary<string, double> named) =>
        all.Where(share => !named.ContainsKey(share.Version)).Sum(static share => share.Weight);

    private static string Percent(double value) => value.ToString("0.##", CultureInfo.InvariantCulture) + "%";
}
