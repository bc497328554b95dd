using System.Buffers;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Rollcall.Gateway;
using Rollcall.Node.Telemetry;
using Rollcall.TestKit;

namespace Rollcall.Node.Tests.Telemetry;

public sealed partial class PrometheusTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly IMeterFactory _meters;
    private readonly MetricsCollector _collector;

    public PrometheusTests()
    {
        _meters = _services.GetRequiredService<IMeterFactory>();
        _collector = new MetricsCollector(_meters);
    }

    public void Dispose()
    {
        _collector.Dispose();
        _services.Dispose();
    }

    [Theory]
    [InlineData("rollcall.registry.write.duration", "s", SeriesKind.Histogram, "rollcall_registry_write_duration_seconds")]
    [InlineData("rollcall.journal.size", "By", SeriesKind.Gauge, "rollcall_journal_size_bytes")]
    [InlineData("rollcall.journal.written", "By", SeriesKind.Counter, "rollcall_journal_written_bytes_total")]
    [InlineData("rollcall.registry.changes", "{change}", SeriesKind.Counter, "rollcall_registry_changes_total")]
    [InlineData("rollcall.a-b.c_total", null, SeriesKind.Counter, "rollcall_a_b_c_total")]
    [InlineData("x.seconds", "s", SeriesKind.Gauge, "x_seconds")]
    public void Names_are_mapped_as_OpenTelemetry_says(string name, string? unit, object kind, string expected) =>
        Assert.Equal(expected, PrometheusNames.Of(name, unit, (SeriesKind)kind));

    [Fact]
    public void Counters_add_gauges_tell_the_newest_and_labels_are_escaped()
    {
        var meter = _meters.Create("Rollcall.Test");
        var counter = meter.CreateCounter<long>("rollcall.test.things", "{thing}", "Things, \\ and\nmore.");
        counter.Add(2, new KeyValuePair<string, object?>("kind", "a\"b\\c\nd"));
        counter.Add(3, new KeyValuePair<string, object?>("kind", "a\"b\\c\nd"));
        counter.Add(1, new KeyValuePair<string, object?>("kind", "e"));
        var upDown = meter.CreateUpDownCounter<int>("rollcall.test.open");
        upDown.Add(5);
        upDown.Add(-2);
        var gauge = meter.CreateGauge<double>("rollcall.test.level");
        gauge.Record(1);
        gauge.Record(0.5);
        var observed = 7;
        meter.CreateObservableCounter("rollcall.test.seen", () => observed);
        Assert.Equal(
            """
            # HELP rollcall_test_level 
            # TYPE rollcall_test_level gauge
            rollcall_test_level 0.5
            # HELP rollcall_test_open 
            # TYPE rollcall_test_open gauge
            rollcall_test_open 3
            # HELP rollcall_test_seen_total 
            # TYPE rollcall_test_seen_total counter
            rollcall_test_seen_total 7
            # HELP rollcall_test_things_total Things, \\ and\nmore.
            # TYPE rollcall_test_things_total counter
            rollcall_test_things_total{kind="a\"b\\c\nd"} 5
            rollcall_test_things_total{kind="e"} 1

            """,
            Sorted(Write()),
            ignoreLineEndingDifferences: true);
        observed = 9;
        Assert.Contains("rollcall_test_seen_total 9\n", Write(), StringComparison.Ordinal);
    }

    [Fact]
    public void Histograms_count_into_fixed_buckets_each_bound_inclusive()
    {
        var histogram = _meters.Create("Rollcall.Test").CreateHistogram<double>("rollcall.test.duration", "s");
        foreach (var seconds in new[] { 0.0001, 0.00011, 0.001, 0.3, 100 })
            histogram.Record(seconds, new KeyValuePair<string, object?>("k", "v"));
        var text = Write();
        foreach (var (bound, count) in new[] { ("0.0001", 1), ("0.00025", 2), ("0.001", 3), ("0.25", 3), ("0.5", 4), ("10", 4), ("+Inf", 5) })
            Assert.Contains($"rollcall_test_duration_seconds_bucket{{k=\"v\",le=\"{bound}\"}} {count}\n", text, StringComparison.Ordinal);
        Assert.Contains("rollcall_test_duration_seconds_count{k=\"v\"} 5\n", text, StringComparison.Ordinal);
        Assert.Contains("rollcall_test_duration_seconds_sum{k=\"v\"} 100.30121\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_observed_no_more_is_told_no_more()
    {
        string[] routes = ["a", "b"];
        _meters.Create("Rollcall.Test").CreateObservableGauge(
            "rollcall.test.observed", () => routes.Select(static (route, i) => new Measurement<int>(i, new KeyValuePair<string, object?>("route", route))));
        Assert.Contains("rollcall_test_observed{route=\"b\"} 1\n", Write(), StringComparison.Ordinal);

        routes = ["a"];

        var text = Write();
        Assert.Contains("rollcall_test_observed{route=\"a\"} 0\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("route=\"b\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_elses_meters_are_told()
    {
        using var other = new ServiceCollection().AddMetrics().BuildServiceProvider();
        other.GetRequiredService<IMeterFactory>().Create("Rollcall.Test").CreateCounter<long>("rollcall.other.node").Add(1);
        _meters.Create("System.Net.Http").CreateCounter<long>("other.library").Add(1);
        Assert.Equal("", Write());
    }

    [Fact]
    public async Task Recording_from_many_threads_loses_nothing_and_allocates_nothing()
    {
        var meter = _meters.Create("Rollcall.Test");
        var counter = meter.CreateCounter<long>("rollcall.test.things");
        var histogram = meter.CreateHistogram<double>("rollcall.test.duration", "s");
        var tag = new KeyValuePair<string, object?>("k", "v");
        void Record(int times)
        {
            for (var i = 0; i < times; i++)
            {
                counter.Add(1, tag);
                histogram.Record(0.5, tag);
            }
        }

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Record(25_000))));
        var text = Write();
        Assert.Contains("rollcall_test_things_total{k=\"v\"} 100000\n", text, StringComparison.Ordinal);
        Assert.Contains("rollcall_test_duration_seconds_count{k=\"v\"} 100000\n", text, StringComparison.Ordinal);
        Assert.Contains("rollcall_test_duration_seconds_sum{k=\"v\"} 50000\n", text, StringComparison.Ordinal);
        Assert.Equal(0, Allocation.Of(() => Record(1000)));
    }

    [Fact]
    public async Task A_nodes_metrics_parse_and_tell_services_requests_and_watch_lag()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        await node.PutAsync("orders", "o-2");
        await node.Client.SetStatusAsync("orders", "o-2", EndpointState.NotReady);
        var query = node.GetAsync("/api/services/orders?index=3", (Rollcall.Api.ApiNames.WatcherHeader, "w"));
        await Eventually.True(() => node.Registry.Watchers.Count("orders") == 1);
        await node.PutAsync("orders", "o-3");
        await query;

        // A query is counted after it was answered.
        var reply = await node.GetAsync("/metrics");
        for (var i = 0; i < 1000 && !reply.Body.Contains("rollcall_watch_answers_total{", StringComparison.Ordinal); i++)
            reply = await node.GetAsync("/metrics");
        Assert.Equal("text/plain", reply.MediaType);
        var samples = Parse(reply.Body);
        Assert.Equal(2, samples["rollcall_service_instances{service=\"orders\",state=\"ready\"}"]);
        Assert.Equal(1, samples["rollcall_service_instances{service=\"orders\",state=\"not-ready\"}"]);
        Assert.Equal(4, samples["rollcall_service_revision{service=\"orders\"}"]);
        Assert.Equal(1, samples["rollcall_service_watch_behind{service=\"orders\"}"]);
        Assert.Equal(1, samples["rollcall_service_watch_lag{service=\"orders\"}"]);
        // Whether it had begun to wait when the change came is a race: only then was it notified, answered it is either way.
        Assert.InRange(samples.GetValueOrDefault("rollcall_watch_notify_duration_seconds_count{kind=\"poll\"}"), 0, 1);
        Assert.Equal(1, samples.Where(static sample => sample.Key.StartsWith("rollcall_watch_answers_total{", StringComparison.Ordinal)).Sum(static sample => sample.Value));
        Assert.Equal(3, samples["rollcall_http_request_duration_seconds_count{route=\"/api/services/{service}/instances/{id}\",method=\"PUT\",status=\"2xx\"}"]);
        Assert.DoesNotContain(samples.Keys, static name => name.Contains("/api/services/{service}\",method=\"GET", StringComparison.Ordinal));
        Assert.Equal(4, samples["rollcall_registry_write_duration_seconds_count"]);
        Assert.Equal(1, samples["rollcall_journal_writable"]);
        Assert.Equal(0, samples["rollcall_leases_guard_active"]);
        Assert.InRange(samples["process_resident_memory_bytes"], 1 << 20, 1L << 40);
    }

    [Fact]
    public async Task Every_metric_of_a_node_is_documented_and_every_documented_one_exists()
    {
        await using var node = await TestNode.StartAsync();
        var told = TypeLine().Matches((await node.GetAsync("/metrics")).Body).Select(static match => match.Groups["name"].Value)
            .Where(static name => name.StartsWith("rollcall_", StringComparison.Ordinal));
        var documented = Row().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "operations.md"))).Select(static match => match.Groups["name"].Value);
        Assert.Equal(documented, told.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("docs/monitoring.md")]
    [InlineData("deploy/prometheus/rollcall-alerts.yaml")]
    public async Task What_is_looked_at_exists(string file)
    {
        var known = new HashSet<string>(["discovery_instances_total", "discovery_instances_ready", "discovery_api_calls_total", "discovery_api_duration_seconds"], StringComparer.Ordinal);
        foreach (var list in (string[])["operations.md", "gateway.md"])
            known.UnionWith(Row().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", list))).Select(static match => match.Groups["name"].Value));

        var named = Metric().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, file))).Select(static match => match.Value).ToHashSet(StringComparer.Ordinal);

        Assert.InRange(named.Count, 8, known.Count);
        Assert.DoesNotContain(named, name => !known.Contains(name) && !known.Contains(Suffix().Replace(name, "")));
        await using var node = await TestNode.StartAsync();
        await node.GetAsync("/api/instances/live?service=nobody");
        var told = TypeLine().Matches((await node.GetAsync("/metrics")).Body).Select(static match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
        Assert.DoesNotContain(named, name => name.StartsWith("discovery_", StringComparison.Ordinal) && !told.Contains(name));
    }

    [Fact]
    public async Task Every_alert_is_explained_and_says_what_to_do()
    {
        var alerts = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy", "prometheus", "rollcall-alerts.yaml"));
        var document = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "monitoring.md"));
        var names = Alert().Matches(alerts).Select(static match => match.Groups["name"].Value).ToArray();
        Assert.Equal(Alert().Count(alerts), alerts.Split("          action: ").Length - 1);
        Assert.Equal(names, ExplainedAlert().Matches(document).Select(static match => match.Groups["name"].Value));
    }

    [Fact]
    public async Task Every_metric_of_a_gateway_is_documented_and_has_the_names_of_its_routes_file_only()
    {
        await using var node = await TestNode.StartAsync();
        var directory = Directory.CreateTempSubdirectory("gateway-");
        var file = Path.Combine(directory.FullName, "routes.yaml");
        await File.WriteAllTextAsync(file, """
            clusters:
              none: static:///127.0.0.1:1
            overload: { maxConcurrent: 10 }
            default: { to: none, affinity: { cookie: stay }, mirror: { to: none } }
            """);
        await using (var gateway = await GatewayHost.BuildAsync(
            new GatewayOptions { RoutesFile = file, Urls = ["http://127.0.0.1:0"], ConfigureServices = services => services.AddSingleton(node.Services.GetRequiredService<IMeterFactory>()) },
            CancellationToken.None))
        {
            await gateway.StartAsync(CancellationToken.None);
            using var http = new HttpClient { BaseAddress = new Uri(gateway.Urls.First()) };
            (await http.GetAsync(new Uri("/nobody", UriKind.Relative))).Dispose();
            var counted = "rollcall_gateway_request_duration_seconds_count{route=\"default\",version=\"all\",status=\"5xx\"}";
            var reply = await node.GetAsync("/metrics");
            for (var i = 0; i < 1000 && !reply.Body.Contains(counted, StringComparison.Ordinal); i++)
                reply = await node.GetAsync("/metrics");
            var samples = Parse(reply.Body);

            Assert.Equal(1, samples[counted]);
            Assert.Equal(0, samples["rollcall_gateway_requests_in_flight{route=\"default\",version=\"all\"}"]);
            Assert.Equal(0, samples["rollcall_gateway_refused_total{reason=\"overload\"}"]);
            Assert.Equal(1, samples["rollcall_gateway_mirrored_total{route=\"default\",result=\"sent\"}"]);
            Assert.Equal(0, samples["rollcall_gateway_breaker_open{cluster=\"none\"}"]);
            Assert.Equal(0, samples["rollcall_gateway_routes_file_refused"]);
            var told = TypeLine().Matches(reply.Body).Select(static match => match.Groups["name"].Value).Where(static name => name.StartsWith("rollcall_gateway_", StringComparison.Ordinal));
            var documented = Row().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "gateway.md"))).Select(static match => match.Groups["name"].Value);
            Assert.Equal(documented, told.Order(StringComparer.Ordinal));
            await gateway.StopAsync(CancellationToken.None);
        }

        directory.Delete(recursive: true);
    }

    // Every line is a comment or a sample of a metric whose type was told right before; nothing is told twice.
    private static Dictionary<string, double> Parse(string text)
    {
        var samples = new Dictionary<string, double>(StringComparer.Ordinal);
        var told = new HashSet<string>(StringComparer.Ordinal);
        var current = "";
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                current = line.Split(' ')[2];
                Assert.True(told.Add(current), line);
            }
            else if (!line.StartsWith('#'))
            {
                var match = Sample().Match(line);
                Assert.True(match.Success, line);
                Assert.StartsWith(current, match.Groups["name"].Value, StringComparison.Ordinal);
                samples.Add(match.Groups["series"].Value, double.Parse(match.Groups["value"].Value.Replace("+Inf", "Infinity", StringComparison.Ordinal), CultureInfo.InvariantCulture));
            }
        }

        return samples;
    }

    // Series of one metric come in no order.
    private static string Sorted(string text) =>
        string.Join('\n', text.Split('\n').Select((line, i) => (line, i)).OrderBy(static x => x.line.Contains("{kind=\"e\"}", StringComparison.Ordinal) ? int.MaxValue - 1 : x.line.Length == 0 ? int.MaxValue : x.i).Select(static x => x.line));

    private string Write()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var text = new PrometheusText(buffer);
        foreach (var instrument in _collector.Collect())
            text.Write(instrument);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    [GeneratedRegex(@"^# TYPE (?<name>\w+) ", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"\b(rollcall|discovery)_[a-z_]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Metric();

    [GeneratedRegex("_(bucket|count|sum)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Suffix();

    [GeneratedRegex(@"^      - alert: (?<name>\w+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Alert();

    [GeneratedRegex(@"^\| `(?<name>Rollcall\w+)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ExplainedAlert();

    [GeneratedRegex(@"^\| `(?<name>rollcall_\w+)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();

    [GeneratedRegex(@"^(?<series>(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{([a-zA-Z_]\w*=""([^""\\\n]|\\.)*"",?)*\})?) (?<value>[-+.eE\dInfNa]+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sample();
}
