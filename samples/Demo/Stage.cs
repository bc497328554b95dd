using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Demo;

/// <summary>Every process of the demo, and the end of each of them.</summary>
internal sealed class Stage : IDisposable
{
    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(3);

    private static readonly Dictionary<string, string> None = new(StringComparer.Ordinal);

    private readonly List<Child> _children = [];
    private readonly string _bin;
    private readonly string _configuration;
    private readonly TimeProvider _time;

    public Stage(TimeProvider time)
    {
        _time = time;
        // artifacts/bin/Demo/debug/ → artifacts/bin, debug
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        _configuration = own.Name;
        _bin = own.Parent!.Parent!.FullName;
        Directory = System.IO.Directory.CreateTempSubdirectory("rollcall-demo-").FullName;
        NodeUrl = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort()}");
    }

    /// <summary>Where the node keeps its journal and every process its log.</summary>
    public string Directory { get; }

    public string NodeUrl { get; }

    /// <summary>Oldest first; those that have ended stay.</summary>
    public IReadOnlyList<Child> Children => _children;

    public Child? Find(string name) => _children.FindLast(child => child.Name == name);

    public Child StartNode() => Start("node", "Rollcall.Cli", "rollcall", ["serve", "--urls", NodeUrl, "--data", Path.Combine(Directory, "data")], None);

    public Child StartOrders(string id) => Start(id, "Orders", "Orders", ["--urls", "http://127.0.0.1:0"], new(StringComparer.Ordinal)
    {
        ["ROLLCALL_NODE"] = NodeUrl,
        ["Rollcall__Registration__Instances__orders__Id"] = id,
        // Short, so that there is something to see in half a minute.
        ["Rollcall__Registration__Instances__orders__Ttl"] = "3s",
        ["Rollcall__Registration__Instances__orders__CheckInterval"] = "1s",
    });

    public Child StartCheckout(int rate) => Start(
        "checkout", "Checkout", "Checkout", ["--Traffic:Rate", rate.ToString(CultureInfo.InvariantCulture)], new(StringComparer.Ordinal) { ["ROLLCALL_NODE"] = NodeUrl }, readOutput: true);

    /// <summary>The first process that ended without having been told to.</summary>
    public Child? FindCasualty() => _children.Find(static child => child is { MayEnd: false, Ended.IsCompleted: true });

    /// <summary>Ends processes: politely, then not.</summary>
    public async Task EndAsync(Func<Child, bool> which)
    {
        Child[] alive = [.. _children.Where(child => !child.Ended.IsCompleted && which(child))];
        foreach (var child in alive)
        {
            child.Signal(Signals.Terminate);
            Signals.Send(child.Pid, Signals.Continue); // a frozen process hears nothing else
        }

        try
        {
            await Task.WhenAll(alive.Select(static child => child.Ended)).WaitAsync(GoodbyeLimit, _time);
        }
        catch (TimeoutException)
        {
            foreach (var child in alive.Where(static child => !child.Ended.IsCompleted))
                child.Signal(Signals.Kill);
            await Task.WhenAll(alive.Select(static child => child.Ended)).WaitAsync(GoodbyeLimit, _time);
        }
    }

    /// <summary>Removes the journal and the logs.</summary>
    public void RemoveFiles() => System.IO.Directory.Delete(Directory, recursive: true);

    public void Dispose()
    {
        foreach (var child in _children)
            child.Dispose();
    }

    private Child Start(string name, string project, string assembly, string[] arguments, Dictionary<string, string> environment, bool readOutput = false)
    {
        var dll = Path.Combine(_bin, project, _configuration, assembly + ".dll");
        if (!File.Exists(dll))
            throw new DemoException($"{dll} is missing. Build it first: dotnet build samples/Demo -c {_configuration}");
        var child = Child.Start(name, dll, arguments, environment, Path.Combine(Directory, name + ".log"), readOutput);
        _children.Add(child);
        return child;
    }

    // The node must come back on its port, so it cannot be left to choose one.
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
