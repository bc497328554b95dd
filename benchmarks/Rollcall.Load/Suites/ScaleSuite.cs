using System.Globalization;
using System.Text;
using System.Text.Json;
using Rollcall.Load.Servers;

namespace Rollcall.Load.Suites;

/// <summary>A large registry: its memory, its restart, and the processor time that renewing every lease costs.</summary>
internal static class ScaleSuite
{
    private const int Batch = 100;
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(Server ours, LoadOptions options, Report report, CancellationToken cancellationToken)
    {
        var total = options.Services * options.InstancesPerService;
        var scale = total / 100_000d;
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = ours.Url };

        // Registered with a long lease, so that filling takes as long as it takes; then given the short one by the renewal run's own registration.
        await FillAsync(http, options, "1h", cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System, cancellationToken);
        var filled = ours.ResidentBytes() / 1e6;
        report.Add($"{total:N0} instances, resident after filling", $"{filled:0} MB", "", "", "≤ 300 MB", filled <= 300 * Math.Max(1, scale));

        await ours.KillAsync();
        List<double> restarts = [];
        for (var i = 0; i < 3; i++)
        {
            restarts.Add((await ours.StartAsync(cancellationToken)).TotalSeconds);
            if (i < 2)
                await ours.KillAsync();
        }

        await AssertCountAsync(http, total, "after a kill and restart", cancellationToken);
        var restart = Statistics.Median(restarts);
        report.Add("the same, killed and restarted, to ready", $"{restart:0.00} s", "", "", "≤ 2 s", restart <= 2);
        var restarted = ours.ResidentBytes() / 1e6;
        report.Add("the same, resident after restart", $"{restarted:0} MB", "", "", "≤ 300 MB", restarted <= 300 * Math.Max(1, scale));

        await ExpireAsync(http, options, report, cancellationToken);
        await RenewAsync(ours, http, options, report, cancellationToken);
    }

    // A fifth of all leases, which is less than the mass-expiry guard suspects, runs out about as fast as it was handed out.
    private static async Task ExpireAsync(HttpClient http, LoadOptions options, Report report, CancellationToken cancellationToken)
    {
        var total = options.Services * options.InstancesPerService;
        var lapsing = total / 5;
        var before = await Lateness.ReadAsync(http, cancellationToken);
        var start = TimeProvider.System.GetTimestamp();
        await FillAsync(http, options, "8s", cancellationToken, lapsing);
        var rate = lapsing / TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        Lateness lapsed;
        do
        {
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);
            lapsed = (await Lateness.ReadAsync(http, cancellationToken)).Since(before);
        }
        while (lapsed.Count < lapsing && TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromMinutes(2));
        report.Add(
            $"{lapsing:N0} of {total:N0} leases run out, {rate:N0} a second: expired on disk within 250 ms of the deadline",
            string.Create(CultureInfo.InvariantCulture, $"{100.0 * lapsed.InTime / Math.Max(1, lapsed.Count):0.00} %"),
            "",
            "",
            "100 %",
            lapsed.Count == lapsing && lapsed.InTime == lapsing);
        report.Note($"Lateness of {lapsed.Count:N0} expiries: {lapsed.Describe()}.");
    }

    private static async Task RenewAsync(Server ours, HttpClient http, LoadOptions options, Report report, CancellationToken cancellationToken)
    {
        var total = options.Services * options.InstancesPerService;
        var bodies = Bodies(options);
        var every = Ttl / 3;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        // Renewals begin before the short leases do, so that none lapses while they are handed out.
        long renewed = 0, failed = 0;
        var renewals = Task.Run(
            async () =>
            {
                var pause = every / bodies.Length;
                var start = TimeProvider.System.GetTimestamp();
                for (long i = 0; !stop.IsCancellationRequested; i++)
                {
                    using var content = new ByteArrayContent(bodies[i % bodies.Length]);
                    using var answer = await http.PostAsync("/api/renew", content, CancellationToken.None);
                    var text = await answer.Content.ReadAsByteArrayAsync(CancellationToken.None);
                    var good = Count(text, "\"renewed\""u8);
                    renewed += good;
                    failed += Batch - good;
                    var ahead = (pause * (i + 1)) - TimeProvider.System.GetElapsedTime(start);
                    if (ahead > TimeSpan.FromMilliseconds(1))
                        await Task.Delay(ahead, TimeProvider.System, CancellationToken.None);
                }
            },
            cancellationToken);
        await FillAsync(http, options, "10s", cancellationToken);
        await Task.Delay(Ttl, TimeProvider.System, cancellationToken);

        var (before, started, renewedBefore) = (ours.ProcessorTime(), TimeProvider.System.GetTimestamp(), Interlocked.Read(ref renewed));
        await Task.Delay(TimeSpan.FromSeconds(30), TimeProvider.System, cancellationToken);
        var elapsed = TimeProvider.System.GetElapsedTime(started);
        var cores = (ours.ProcessorTime() - before) / elapsed;
        var rate = (Interlocked.Read(ref renewed) - renewedBefore) / elapsed.TotalSeconds;
        await stop.CancelAsync();
        await renewals;
        await AssertCountAsync(http, total, "after renewals", cancellationToken);
        report.Add($"renewing {total:N0} leases of 10 s every third of it", $"{cores:0.00} cores", "", "", "< 0.5 cores", cores < 0.5 && failed == 0);
        report.Note($"Renewals went {Batch} to a request, {rate:N0} leases a second; {failed} were refused.");
        var resident = ours.ResidentBytes() / 1e6;
        report.Add("the same, resident", $"{resident:0} MB", "", "", "≤ 300 MB", resident <= 300);
    }

    private static async Task FillAsync(HttpClient http, LoadOptions options, string ttl, CancellationToken cancellationToken, int? most = null)
    {
        var total = most ?? options.Services * options.InstancesPerService;
        await Parallel.ForAsync(0, total, new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = cancellationToken }, async (i, token) =>
        {
            var body = string.Create(
                CultureInfo.InvariantCulture,
                $$$"""{"address":"10.{{{i >> 16}}}.{{{(i >> 8) & 255}}}.{{{i & 255}}}","ports":{"http":8080},"ttl":"{{{ttl}}}","zone":"zone-{{{i % 3}}}","metadata":{"version":"v2"}}""");
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await http.PutAsync($"/api/services/{Service(i, options)}/instances/{Id(i, options)}", content, token);
            answer.EnsureSuccessStatusCode();
        });
    }

    private static byte[][] Bodies(LoadOptions options) =>
        [.. Enumerable.Range(0, options.Services * options.InstancesPerService).Chunk(Batch).Select(chunk => Encoding.UTF8.GetBytes(
            $$"""{"leases":[{{string.Join(',', chunk.Select(i => $$"""{"service":"{{Service(i, options)}}","id":"{{Id(i, options)}}"}"""))}}]}"""))];

    private static string Service(int i, LoadOptions options) => $"service-{i % options.Services:0000}";

    private static string Id(int i, LoadOptions options) => $"instance-{i / options.Services:0000}";

    private static int Count(ReadOnlySpan<byte> text, ReadOnlySpan<byte> what)
    {
        var count = 0;
        for (var at = text.IndexOf(what); at >= 0; at = text.IndexOf(what))
        {
            count++;
            text = text[(at + what.Length)..];
        }

        return count;
    }

    private static async Task AssertCountAsync(HttpClient http, int expected, string when, CancellationToken cancellationToken)
    {
        using var document = JsonDocument.Parse(await http.GetStringAsync(new Uri("/api/services", UriKind.Relative), cancellationToken));
        var ready = document.RootElement.GetProperty("services").EnumerateArray()
            .Where(static service => service.GetProperty("name").GetString()!.StartsWith("service-", StringComparison.Ordinal))
            .Sum(static service => service.GetProperty("ready").GetInt32());
        if (ready != expected)
            throw new InvalidOperationException($"{ready} instances are ready {when}; {expected} were expected.");
    }
}
