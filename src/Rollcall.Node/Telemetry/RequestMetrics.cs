using System.Diagnostics.Metrics;

namespace Rollcall.Node.Telemetry;

/// <summary>How long requests take, by route, method and class of status. Requests that wait on purpose are counted apart, by <see cref="WatchMetrics"/>.</summary>
internal sealed class RequestMetrics
{
    private readonly Histogram<double> _duration;

    public RequestMetrics(IMeterFactory meters) =>
        _duration = meters.Create(NodeMeter.Name).CreateHistogram<double>(
            "rollcall.http.request.duration", "s", "Time from a request's headers to its answer, without those that wait on purpose.");

    /// <summary>The measures of one route; its tags are made once.</summary>
    public RouteMetrics ForRoute(string method, string pattern) => new(_duration, method, pattern);
}

/// <summary>The measures of one route.</summary>
internal sealed class RouteMetrics
{
    private readonly Histogram<double> _duration;
    private readonly KeyValuePair<string, object?>[][] _tagsByClass;

    internal RouteMetrics(Histogram<double> duration, string method, string pattern)
    {
        _duration = duration;
        _tagsByClass =
        [
            .. Enumerable.Range(1, 5).Select(status => new KeyValuePair<string, object?>[]
            {
                new("route", pattern), new("method", method), new("status", status + "xx"),
            }),
        ];
    }

    /// <summary>Notes one request.</summary>
    public void Answered(int status, TimeSpan took) =>
        _duration.Record(took.TotalSeconds, _tagsByClass[Math.Clamp(status / 100, 1, 5) - 1]);
}
