using System.Diagnostics;
using System.Globalization;
using Rollcall.Kubernetes;
using Rollcall.Sources;
using Rollcall.Watching;

namespace Rollcall.SourcesLoad.Kubernetes;

/// <summary>
/// The application that is measured: follows targets and says so on its output. Timestamps are those of the machine's one monotonic clock, so that another process
/// can subtract its own.
/// </summary>
internal static class Follower
{
    public static async Task<int> RunAsync(string kubeconfig, string[] targets)
    {
        await using var source = new KubernetesSource(new KubernetesSourceOptions { KubeConfig = kubeconfig, Linger = TimeSpan.Zero });
        var registry = new SourceRegistry([source]);
        await using (var resolver = new ServiceResolver(registry))
            await FollowAsync(resolver, kubeconfig, targets);
        return 0;
    }

    private static async Task FollowAsync(ServiceResolver resolver, string kubeconfig, string[] targets)
    {
        var watches = await FirstAsync(resolver, targets);

        // Runs as soon as Current shows the snapshot.
        using var view = watches[0].View<object>(static (_, _) =>
        {
            Say($"change {Stopwatch.GetTimestamp()}");
            return new object();
        });
        while (await Console.In.ReadLineAsync() is { } line)
        {
            if (line == "figures")
                SayFigures();
            else if (line == "again")
                await AgainAsync(kubeconfig, targets);
        }

        foreach (var watch in watches)
            watch.Dispose();
    }

    // With a connection and a list of its own.
    private static async Task AgainAsync(string kubeconfig, string[] targets)
    {
        await using var source = new KubernetesSource(new KubernetesSourceOptions { KubeConfig = kubeconfig, Linger = TimeSpan.Zero });
        await using var resolver = new ServiceResolver(new SourceRegistry([source]));
        foreach (var watch in await FirstAsync(resolver, targets))
            watch.Dispose();
    }

    private static async Task<ServiceWatch[]> FirstAsync(ServiceResolver resolver, string[] targets)
    {
        var began = Stopwatch.GetTimestamp();
        var watches = targets.Select(target => resolver.Watch(ServiceTarget.Parse(target))).ToArray();
        var count = 0;
        foreach (var watch in watches)
            count += (await watch.GetAsync()).Endpoints.Length;
        var known = Stopwatch.GetTimestamp();
        using var self = Process.GetCurrentProcess();
        Say($"first {began} {known} {count} {self.TotalProcessorTime.Ticks}");
        return watches;
    }

    private static void SayFigures()
    {
        GC.Collect();
        using var self = Process.GetCurrentProcess();
        Say(string.Create(CultureInfo.InvariantCulture, $"figures {self.TotalProcessorTime.Ticks} {Resident("VmRSS")} {Resident("RssAnon")} {GC.GetTotalMemory(false)}"));
    }

    // In kilobytes, as the kernel counts it.
    private static string Resident(string field) =>
        File.ReadLines("/proc/self/status").First(line => line.StartsWith(field + ":", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];

    private static void Say(string line)
    {
        lock (Console.Out)
        {
            Console.Out.WriteLine(line);
            Console.Out.Flush();
        }
    }
}
