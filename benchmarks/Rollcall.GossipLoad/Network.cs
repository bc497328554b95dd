using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Rollcall.GossipLoad;

/// <summary>A network namespace with nothing but loopback, so that its counters are those of one cluster. Only root can make one.</summary>
internal sealed class Network : IDisposable
{
    private readonly string _name;

    private Network(string name) => _name = name;

    /// <summary>Null where there can be none.</summary>
    public static async Task<Network?> TryCreateAsync(string name, CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess || !OperatingSystem.IsLinux())
            return null;
        await RunAsync(["netns", "delete", name], cancellationToken); // what a run that was killed has left
        if (!await RunAsync(["netns", "add", name], cancellationToken))
            return null;
        var network = new Network(name);
        if (await RunAsync(["-n", name, "link", "set", "lo", "up"], cancellationToken))
            return network;
        network.Dispose();
        return null;
    }

    /// <summary>Has the program started inside, as the process that is started, not as a child of it.</summary>
    public void Enclose(ProcessStartInfo info)
    {
        string[] before = [$"--net=/run/netns/{_name}", info.FileName];
        info.FileName = "nsenter";
        for (var i = 0; i < before.Length; i++)
            info.ArgumentList.Insert(i, before[i]);
    }

    /// <summary>What the loopback of a process has carried: each packet counted once, where it is sent.</summary>
    public static Traffic TrafficOf(int process)
    {
        var device = File.ReadLines($"/proc/{process}/net/dev").First(static line => line.AsSpan().TrimStart().StartsWith("lo:", StringComparison.Ordinal));
        var fields = device[(device.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new(Number(fields[9]), Number(fields[8]), Datagrams(process));
    }

    public void Dispose()
    {
        using var delete = Start(["netns", "delete", _name]);
        delete?.WaitForExit(TimeSpan.FromSeconds(5));
    }

    private static long Datagrams(int process)
    {
        string[][] lines = [.. File.ReadLines($"/proc/{process}/net/snmp").Where(static line => line.StartsWith("Udp:", StringComparison.Ordinal)).Select(static line => line.Split(' '))];
        return Number(lines[1][Array.IndexOf(lines[0], "OutDatagrams")]);
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static async Task<bool> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Start(arguments);
        if (process is null)
            return false;
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0;
    }

    private static Process? Start(string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("ip", arguments) { UseShellExecute = false, RedirectStandardError = true });
        }
        catch (Win32Exception)
        {
            return null; // there is no such program
        }
    }
}

/// <summary>Counters of a network at one moment.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Traffic(long Packets, long Bytes, long Datagrams)
{
    public static Traffic operator -(Traffic now, Traffic before) => new(now.Packets - before.Packets, now.Bytes - before.Bytes, now.Datagrams - before.Datagrams);
}
