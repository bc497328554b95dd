using System.Diagnostics;
using System.Globalization;
using Rollcall.Load;
using Rollcall.TestKube;
using Rollcall.TestKube.Certificates;
using Rollcall.TestKube.Objects;

namespace Rollcall.SourcesLoad.Kubernetes;

/// <summary>The Kubernetes source in a process of its own against an API server in this one, over TLS on loopback, beside the real kubectl.</summary>
internal sealed class KubernetesSuite(Report report, bool quick)
{
    private const int PerSlice = 100;

    public async Task RunAsync()
    {
        await ChangesAsync();
        await LargeServiceAsync();
        await ManyTargetsAsync();
    }

    // From the server's write to Current showing it, beside the line that kubectl prints.
    private async Task ChangesAsync()
    {
        await using var cluster = await KubeServer.StartAsync();
        using var files = new TemporaryKubeconfig(cluster);
        Fill(cluster, "shop", "orders", slices: 10);
        await using var ours = Child.Follower(files.Path, "k8s:///shop/orders");
        await using var theirs = new Child("kubectl", "--kubeconfig", files.Path, "-n", "shop", "get", "endpointslices", "-w", "--no-headers");
        await ours.NextAsync("first");
        for (var i = 0; i < 10; i++)
            await theirs.NextAsync("orders-");
        var (current, printed, kubectl) = (new List<double>(), new List<double>(), new List<double>());
        var (warmUp, count) = quick ? (20, 60) : (100, 500);
        for (var i = 0; i < warmUp + count; i++)
        {
            ours.Skip();
            theirs.Skip();
            var wrote = Stopwatch.GetTimestamp();
            Flip(cluster, i % 10, i);
            var (at, words) = await ours.NextAsync("change");
            var (theirAt, _) = await theirs.NextAsync("orders-");
            if (i < warmUp)
                continue;
            current.Add(Milliseconds(long.Parse(words[1], CultureInfo.InvariantCulture) - wrote));
            printed.Add(Milliseconds(at - wrote));
            kubectl.Add(Milliseconds(theirAt - wrote));
        }

        var p99 = Statistics.Percentile(current, 99);
        report.Add("Kubernetes: a change until `Current` shows it, 1,000 endpoints, p99", Text(p99), "", "", "< 20 ms", p99 < 20);
        foreach (var percent in new[] { 50, 99 })
        {
            var (mine, other) = (Statistics.Percentile(current, percent), Statistics.Percentile(kubectl, percent));
            report.Add($"… beside a line of `kubectl get endpointslices -w`, p{percent}", Text(mine), Text(other), Ratio(mine / other), "≤ 1.0", mine <= other);
        }

        report.Note($"kubectl is sent one row of a table for each change, we the whole slice of {PerSlice} endpoints. Printed as a line, ours took {Text(Statistics.Percentile(printed, 50))} (median).");
    }

    private async Task LargeServiceAsync()
    {
        await using var cluster = await KubeServer.StartAsync();
        using var files = new TemporaryKubeconfig(cluster);
        Fill(cluster, "shop", "orders", slices: 100);
        var (firsts, processors) = (new List<double>(), new List<double>());
        for (var round = 0; round < (quick ? 3 : 7); round++)
        {
            await using var cold = Child.Follower(files.Path, "k8s:///shop/orders");
            var (took, processor) = await FirstAsync(cold);
            firsts.Add(took);
            processors.Add(processor);
        }

        // The first run also warms the server up.
        var first = Statistics.Median(firsts.Skip(1));
        report.Add("Kubernetes: first snapshot of 10,000 endpoints in 100 slices, the first of a new process", Text(first), "", "", "< 500 ms", first < 500);

        report.Note($"Until then a new process has used {Text(Statistics.Median(processors))} of processor time, starting the runtime and compiling included.");

        await using var ours = Child.Follower(files.Path, "k8s:///shop/orders");
        await ours.NextAsync("first");
        await ours.NextAsync("change");
        var again = new List<double>();
        for (var round = 0; round < (quick ? 5 : 15); round++)
        {
            await ours.TellAsync("again");
            again.Add((await FirstAsync(ours)).Took);
        }

        first = Statistics.Median(again);
        report.Add("… the same in a process that runs already, over a new connection", Text(first), "", "", "< 500 ms", first < 500);
        ours.Skip();
        var (warmUp, count) = quick ? (50, 100) : (200, 500);
        await RunAsync(warmUp);
        var before = await ours.FiguresAsync();
        await RunAsync(count);
        var after = await ours.FiguresAsync();
        var cost = (after.Processor - before.Processor).TotalMilliseconds / count;
        report.Add("… processor time of one change", Text(cost), "", "", "< 5 ms", cost < 5);

        async Task<(double Took, double Processor)> FirstAsync(Child child)
        {
            var (_, words) = await child.NextAsync("first");
            Check(words[3] == "10000", $"{words[3]} endpoints of 10000");
            var numbers = words[1..].Select(static word => long.Parse(word, CultureInfo.InvariantCulture)).ToArray();
            return (Milliseconds(numbers[1] - numbers[0]), TimeSpan.FromTicks(numbers[3]).TotalMilliseconds);
        }

        async Task RunAsync(int changes)
        {
            for (var i = 0; i < changes; i++)
            {
                Flip(cluster, i % 100, i + changes);
                await ours.NextAsync("change");
            }
        }
    }

    private async Task ManyTargetsAsync()
    {
        await using var cluster = await KubeServer.StartAsync();
        using var files = new TemporaryKubeconfig(cluster);
        var targets = new List<string>();
        for (var space = 0; space < 20; space++)
        {
            for (var service = 0; service < 10; service++)
            {
                Fill(cluster, $"space-{space}", $"service-{service}", slices: 1, perSlice: 10);
                targets.Add($"k8s:///space-{space}/service-{service}");
            }
        }

        await using var ours = Child.Follower(files.Path, targets);
        var (_, words) = await ours.NextAsync("first");
        Check(words[3] == "2000", $"{words[3]} endpoints of 2000");
        var figures = await ours.FiguresAsync();
        var connections = cluster.Counters.OpenConnections;
        report.Add("Kubernetes: memory of a process with 200 targets in 20 namespaces, its own alone", Megabytes(figures.PrivateMegabytes), "", "", "< 60 MB", figures.PrivateMegabytes < 60);
        report.Add("… connections to the API server", connections.ToString(CultureInfo.InvariantCulture), "", "", "1", connections == 1);
        await using var single = Child.Follower(files.Path, targets[0]);
        await single.NextAsync("first");
        var least = await single.FiguresAsync();
        report.Note(
            $"With the libraries mapped into it, which other .NET processes share, that process has {Megabytes(figures.ResidentMegabytes)} in RAM; one with a single target has {Megabytes(least.ResidentMegabytes)}. "
            + $"The program's objects are {Megabytes(figures.HeapMegabytes)}. {cluster.Counters.OpenWatches - 1} watches shared the connection.");
    }

    private static string Megabytes(double megabytes) => string.Create(CultureInfo.InvariantCulture, $"{megabytes:0.0} MB");

    private static void Fill(KubeServer cluster, string space, string service, int slices, int perSlice = PerSlice)
    {
        for (var slice = 0; slice < slices; slice++)
        {
            var at = slice;
            cluster.Put(Manifest.Slice(
                space, service, $"{service}-{slice}", [("http", 8080), ("metrics", 9090)],
                Enumerable.Range(0, perSlice).Select(i => Manifest.SliceEndpoint($"10.{at}.0.{i}", zone: $"zone-{i % 3}", node: $"node-{i % 50}", pod: $"{service}-{at}-{i}", @namespace: space))));
        }
    }

    // One endpoint of one slice changes its state.
    private static void Flip(KubeServer cluster, int slice, int i) => cluster.Change(ApiResource.EndpointSlices, "shop", $"orders-{slice}", json =>
    {
        var ready = json["endpoints"]![i % PerSlice]!["conditions"]!;
        ready["ready"] = !ready["ready"]!.GetValue<bool>();
    });

    private static double Milliseconds(long ticks) => ticks * 1000d / Stopwatch.Frequency;

    private static string Text(double milliseconds) => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.00} ms");

    private static string Ratio(double ratio) => string.Create(CultureInfo.InvariantCulture, $"{ratio:0.00}");

    private static void Check(bool holds, string otherwise)
    {
        if (!holds)
            throw new InvalidOperationException($"{otherwise}; the figures would mean nothing.");
    }

    private sealed class TemporaryKubeconfig : IDisposable
    {
        private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("rollcall-bench-");

        public TemporaryKubeconfig(KubeServer cluster) => ClientFiles.WritePrivate(Path, cluster.Kubeconfig());

        public string Path => System.IO.Path.Combine(_directory.FullName, "config");

        public void Dispose() => _directory.Delete(recursive: true);
    }
}
