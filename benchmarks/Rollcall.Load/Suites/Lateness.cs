using System.Globalization;

namespace Rollcall.Load.Suites;

/// <summary>How late leases were expired, as a node counts it in <c>rollcall_leases_expiration_lateness_seconds</c>.</summary>
/// <param name="Buckets">Expiries by the upper end of their bucket in seconds; each includes those before it.</param>
internal sealed record Lateness(IReadOnlyDictionary<double, long> Buckets)
{
    private const string Series = "rollcall_leases_expiration_lateness_seconds_bucket{";
    private const double Limit = 0.25;

    public long Count => Buckets.Count == 0 ? 0 : Buckets.Values.Max();

    public long InTime => Buckets.GetValueOrDefault(Limit);

    public static async Task<Lateness> ReadAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var buckets = new Dictionary<double, long>();
        foreach (var line in (await http.GetStringAsync(new Uri("/metrics", UriKind.Relative), cancellationToken)).Split('\n'))
        {
            if (!line.StartsWith(Series, StringComparison.Ordinal))
                continue;
            var end = line.Split("le=\"")[1].Split('"')[0];
            buckets[end == "+Inf" ? double.PositiveInfinity : double.Parse(end, CultureInfo.InvariantCulture)] =
                long.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
        }

        return new Lateness(buckets);
    }

    public Lateness Since(Lateness before) =>
        new(Buckets.ToDictionary(static bucket => bucket.Key, bucket => bucket.Value - before.Buckets.GetValueOrDefault(bucket.Key)));

    public string Describe() => string.Join(", ", Buckets.OrderBy(static bucket => bucket.Key).Where(bucket => bucket.Value > 0).Select(static bucket =>
        string.Create(CultureInfo.InvariantCulture, $"{bucket.Value:N0} within {(double.IsInfinity(bucket.Key) ? "any time" : $"{1000 * bucket.Key:0} ms")}")));
}
