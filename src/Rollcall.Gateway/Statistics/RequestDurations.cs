using System.Diagnostics.Metrics;

namespace Rollcall.Gateway.Statistics;

/// <summary>How long requests take, by route, version and class of status: those and no other tags, so that there are as many series as the routes file has names.</summary>
internal sealed class RequestDurations(IMeterFactory meters)
{
    /// <summary>The meter of a gateway.</summary>
    public const string MeterName = "Rollcall.Gateway";

    private readonly Histogram<double> _duration = meters.Create(MeterName).CreateHistogram<double>(
        "rollcall.gateway.request.duration", "s", "Time from a request's head to the end of its answer.");

    /// <summary>The measure of one version of a route; its tags are made once.</summary>
    public VersionDurations Of(string route, string version) => new(_duration, route, version);
}

/// <summary>How long the requests of one version of a route take.</summary>
internal sealed class VersionDurations(Histogram<double> duration, string route, string version)
{
    private readonly KeyValuePair<string, object?>[][] _tagsByClass =
    [
        .. Enumerable.Range(1, 5).Select(status => new KeyValuePair<string, object?>[]
        {
            new("route", route), new("version", version), new("status", $"{status}xx"),
        }),
    ];

    /// <summary>Notes one request.</summary>
    public void Answered(int status, TimeSpan took) => duration.Record(took.TotalSeconds, _tagsByClass[Math.Clamp(status / 100, 1, 5) - 1]);
}
