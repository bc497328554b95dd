using System.Diagnostics;
using System.Globalization;
using Rollcall.Api;
using Rollcall.Sources;
using Rollcall.TestKit.Sources;

namespace Rollcall.Tests.Sources;

/// <summary>The laws over a real file, with the operating system's notifications.</summary>
public sealed class FileSourceConformance : DiscoverySourceConformance
{
    protected override ValueTask<SourceWorld> CreateWorldAsync() => new(new FileWorld(notifications: true));
}

/// <summary>The laws over a real file where the operating system tells nothing.</summary>
public sealed class FileSourcePollingConformance : DiscoverySourceConformance
{
    protected override ValueTask<SourceWorld> CreateWorldAsync() => new(new FileWorld(notifications: false));
}

internal sealed class FileWorld : SourceWorld
{
    private readonly TemporaryDirectory _directory = new();
    private readonly long _inode;
    private string _good = "other: []\n";

    public FileWorld(bool notifications)
    {
        Source = new FileSource(
            new FileSourceOptions { UseNotifications = notifications, PollInterval = TimeSpan.FromMilliseconds(notifications ? 2000 : 100) }, Time, new Random(1));
        Target = ServiceTarget.Parse($"file://{_directory.PathOf("services.yaml")}#orders");
        _inode = InodeOf(_directory.Root);
    }

    public override IDiscoverySource Source { get; }

    public override ServiceTarget Target { get; }

    public override IReadOnlyList<string> MalformedTargets { get; } =
        ["file:///", "file:///etc/", "file://elsewhere/x.yaml", "file:///etc/services.yaml?x=y#orders", "file:///etc/%00.yaml"];

    /// <summary>Notifications that the kernel holds for this directory, whoever in the process asked for them.</summary>
    public override int OpenResources
    {
        get
        {
            var mark = string.Create(CultureInfo.InvariantCulture, $" ino:{_inode:x} ");
            return Directory.GetFiles("/proc/self/fdinfo").Sum(file => TryReadLines(file).Count(line => line.Contains(mark, StringComparison.Ordinal)));
        }
    }

    public override Task SetAsync(params IReadOnlyList<Endpoint> endpoints)
    {
        _good = "orders:\n" + (endpoints.Count == 0 ? "  []\n" : string.Concat(endpoints.Select(static endpoint =>
            $"  - {{ host: {endpoint.Host}, port: {endpoint.Ports["http"]}, state: {StateText.Format(endpoint.State)} }}\n")));
        return HealAsync();
    }

    public override Task RemoveAsync()
    {
        _good = "other: []\n";
        return HealAsync();
    }

    public override Task BreakAsync()
    {
        _directory.Replace("services.yaml", "orders: [");
        return Task.CompletedTask;
    }

    public override Task HealAsync()
    {
        _directory.Replace("services.yaml", _good);
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _directory.Dispose();
    }

    private static string[] TryReadLines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (IOException)
        {
            return []; // closed meanwhile
        }
    }

    private static long InodeOf(string path)
    {
        using var stat = Process.Start(new ProcessStartInfo("stat", ["-c", "%i", path]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        return long.Parse(stat.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture);
    }
}
