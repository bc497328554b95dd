using System.Globalization;
using Rollcall.Api;

namespace Rollcall.Cli.Output;

/// <summary>The traffic of a gateway as tables: by route and version, by cluster and instance.</summary>
internal static class GatewayTable
{
    public static Table Routes(GatewayDocument gateway)
    {
        var table = new Table("ROUTE", "VERSION", "SHARE", "CLUSTER", "RATE", "P50", "P90", "P99", "REQUESTS", "FAILED", "RETRIES", "IN-FLIGHT", "REFUSED");
        foreach (var route in gateway.Routes)
        {
            foreach (var version in route.Versions)
            {
                var traffic = version.Traffic;
                var share = Share(version.Percent);
                table.Add(
                    route.Name, version.Version, route.ShiftedAt is null ? share : new Cell(share + " shifted", Tone.Warning), version.Cluster,
                    Rate(traffic), Milliseconds(traffic.P50Ms), Milliseconds(traffic.P90Ms), Milliseconds(traffic.P99Ms),
                    traffic.Requests, Failed(traffic), traffic.Retries, traffic.InFlight, route.Limited + route.Shed);
            }
        }

        return table;
    }

    public static Table Clusters(GatewayDocument gateway, DateTimeOffset now)
    {
        var table = new Table("CLUSTER", "INSTANCE", "STATE", "HOST", "PORTS", "WEIGHT", "RATE", "P50", "P99", "REQUESTS", "FAILED", "IN-FLIGHT", "AVOIDED");
        foreach (var cluster in gateway.Clusters)
        {
            if (cluster.Instances.Count == 0)
                table.Add(cluster.Name, "", "", "", "", "", "", "", "", "", "", "", new Cell(cluster.Problem, Tone.Bad));
            foreach (var instance in cluster.Instances)
            {
                var traffic = instance.Traffic;
                table.Add(
                    cluster.Name, instance.Id, new Cell(instance.State, StateTone.Of(StateText.Parse(instance.State))), instance.Host, EndpointTable.Ports(instance.Ports), instance.Weight,
                    Rate(traffic), Milliseconds(traffic.P50Ms), Milliseconds(traffic.P99Ms), traffic.Requests, Failed(traffic), traffic.InFlight, Avoided(instance.Avoided, now));
            }
        }

        return table;
    }

    public static string Share(double percent) => percent.ToString("0.##", CultureInfo.InvariantCulture) + "%";

    private static Cell Avoided(GatewayAvoidedDocument? avoided, DateTimeOffset now) => avoided is null
        ? default
        : new($"{(avoided.Ejected ? "ejected" : "avoided")} for {AgeText.Format(now - avoided.Since)}: {avoided.Reason}, {avoided.Detail}", Tone.Warning);

    private static Cell Failed(GatewayTrafficDocument traffic) =>
        new(traffic.Failed.ToString(CultureInfo.InvariantCulture), traffic.FailureRate1m > 0 ? Tone.Bad : Tone.Plain);

    private static string Rate(GatewayTrafficDocument traffic) => traffic.Rate10s.ToString("0.#", CultureInfo.InvariantCulture) + "/s";

    private static string? Milliseconds(double? value) => value is { } some ? some.ToString(some < 10 ? "0.##" : "0", CultureInfo.InvariantCulture) + "ms" : null;
}
