using System.Globalization;
using Rollcall.Api;

namespace Rollcall.Cli.Output;

/// <summary>What of a gateway has no place in its tables, said only when there is something to say.</summary>
internal static class GatewayNotes
{
    public static IEnumerable<(string Line, Tone Tone)> Of(GatewayDocument gateway, DateTimeOffset now)
    {
        foreach (var cluster in gateway.Clusters)
        {
            if (cluster.Breaker is { Since: { } since, State: not "closed" } breaker)
                yield return ($"The circuit breaker of {cluster.Name} is {breaker.State}: it has kept requests away for {AgeText.Format(now - since)}", Tone.Bad);
        }

        foreach (var route in gateway.Routes)
        {
            if (route.Sessions is { } sessions && sessions.Kept + sessions.Begun + sessions.Moved > 0)
                yield return (string.Create(CultureInfo.InvariantCulture, $"Sessions of {route.Name} (cookie {sessions.Cookie}): {sessions.Kept} requests kept, {sessions.Begun} begun, {sessions.Moved} moved"), Tone.Plain);
            if (route.Mirror is { } mirror && mirror.Sent + mirror.Skipped + mirror.Dropped > 0)
            {
                yield return (string.Create(
                    CultureInfo.InvariantCulture,
                    $"Copies of {route.Name} to {mirror.Cluster}: {mirror.Sent} sent, {mirror.Failed} failed, {mirror.Skipped} skipped, {mirror.Dropped} dropped, {mirror.UnderWay} under way"),
                    mirror.Failed > 0 ? Tone.Warning : Tone.Plain);
            }
        }
    }
}
