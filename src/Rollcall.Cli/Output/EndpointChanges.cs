using System.Collections.Immutable;
using System.Globalization;
using Rollcall.Api;

namespace Rollcall.Cli.Output;

/// <summary>One difference between two snapshots.</summary>
/// <param name="Sign"><c>+</c> came, <c>-</c> left, <c>~</c> changed, <c>!</c> the snapshot itself can be trusted more or less.</param>
/// <param name="Id">The endpoint; empty for <c>!</c>.</param>
/// <param name="Text">What is to be said of it.</param>
/// <param name="IsGood">True when it is nothing to worry about.</param>
internal readonly record struct EndpointChange(char Sign, string Id, string Text, bool IsGood = false)
{
    /// <summary>What it means to the eye.</summary>
    public Tone Tone => Sign switch
    {
        _ when IsGood => Tone.Good,
        '-' => Tone.Bad,
        _ => Tone.Warning,
    };

    /// <summary>The whole line but for the time.</summary>
    public override string ToString() => Id.Length == 0 ? $"{Sign} {PrintableText.Clean(Text)}" : $"{Sign} {PrintableText.Clean(Id)}  {PrintableText.Clean(Text)}";
}

/// <summary>What changed from one snapshot to the next, in words.</summary>
internal static class EndpointChanges
{
    /// <summary>Every difference, the snapshot's own freshness first, then endpoints in order of id.</summary>
    public static IEnumerable<EndpointChange> Between(EndpointSet? before, EndpointSet now)
    {
        if (before is null)
            yield return new('!', "", $"{FreshnessText.Format(now.Freshness)}, {Count(now.Endpoints.Length)}", now.Freshness.IsLive);
        else if (before.Freshness != now.Freshness)
            yield return new('!', "", FreshnessText.Format(now.Freshness), now.Freshness.IsLive);

        // Both are in order of id, so that one pass over the two finds every pair.
        var old = before?.Endpoints ?? [];
        var at = 0;
        foreach (var endpoint in now.Endpoints)
        {
            for (; at < old.Length && string.CompareOrdinal(old[at].Id, endpoint.Id) < 0; at++)
                yield return Left(old[at]);
            if (at == old.Length || !string.Equals(old[at].Id, endpoint.Id, StringComparison.Ordinal))
                yield return new('+', endpoint.Id, $"{Place(endpoint)} {State(endpoint)}", IsGood: true);
            else if (Describe(old[at++], endpoint) is { Length: > 0 } text)
                yield return new('~', endpoint.Id, text);
        }

        for (; at < old.Length; at++)
            yield return Left(old[at]);
    }

    private static EndpointChange Left(Endpoint endpoint) => new('-', endpoint.Id, Place(endpoint));

    private static string Describe(Endpoint before, Endpoint now)
    {
        var parts = ImmutableArray.CreateBuilder<string>();
        Compare("state", State(before), State(now));
        Compare("host", before.Host, now.Host);
        Compare("ports", EndpointTable.Ports(before.Ports), EndpointTable.Ports(now.Ports));
        Compare("weight", Number(before.Weight), Number(now.Weight));
        Compare("priority", Number(before.Priority), Number(now.Priority));
        Compare("zone", before.Zone, now.Zone);
        Compare("node", before.Node, now.Node);
        foreach (var key in before.Metadata.Keys.Union(now.Metadata.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
            Compare(key, before.Metadata.TryGetValue(key, out var was) ? was : null, now.Metadata.TryGetValue(key, out var value) ? value : null);
        return string.Join(", ", parts);

        void Compare(string what, string? from, string? to)
        {
            if (!string.Equals(from, to, StringComparison.Ordinal))
                parts.Add($"{what} {from ?? "-"} -> {to ?? "-"}");
        }
    }

    private static string Place(Endpoint endpoint) => $"{endpoint.Host} {EndpointTable.Ports(endpoint.Ports)}";

    private static string State(Endpoint endpoint) =>
        endpoint.Reason is { } reason ? $"{StateText.Format(endpoint.State)} ({reason})" : StateText.Format(endpoint.State);

    private static string Count(int count) => count == 1 ? "1 endpoint" : string.Create(CultureInfo.InvariantCulture, $"{count} endpoints");

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
