using System.Globalization;
using Demo;

namespace Loco.Demo;

/// <summary>Every process of the demo, and the end of each of them.</summary>
internal sealed class Processes : IDisposable
{
    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private readonly List<Child> _children = [];
    private readonly TimeProvider _time;
    private readonly string _bin;
    private readonly string _configuration;

    public Processes(TimeProvider time)
    {
        _time = time;
        // artifacts/bin/Loco.Demo/debug/ → artifacts/bin, debug
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        _configuration = own.Name;
        _bin = own.Parent!.Parent!.FullName;
        Directory = System.IO.Directory.CreateTempSubdirectory("rollcall-loco-").FullName;
    }

    /// <summary>Where each of them has its log, and what it is told by files.</summary>
    public string Directory { get; }

    /// <summary>Starts one of our programs.</summary>
    public Child Start(string name, string project, string assembly, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var dll = Path.Combine(_bin, project, _configuration, assembly + ".dll");
        if (!File.Exists(dll))
            throw new DemoException($"{dll} is missing. Build it first: dotnet build samples/loco/Demo -c {_configuration}");
        var child = Child.Start(name, dll, arguments, environment, Path.Combine(Directory, name + ".log"), readOutput: false);
        lock (_gate)
            _children.Add(child);
        return child;
    }

    /// <summary>Fails when one has ended that was not told to.</summary>
    public void ThrowIfAnyDied()
    {
        Child? dead;
        lock (_gate)
            dead = _children.Find(static child => child is { MayEnd: false, Ended.IsCompleted: true });
        if (dead is null)
            return;
        var words = File.Exists(dead.Log) ? File.ReadLines(dead.Log).LastOrDefault(static line => line.Trim().Length > 0) : null;
        throw new DemoException(string.Create(CultureInfo.InvariantCulture, $"{dead.Name} (pid {dead.Pid}) ended without having been told to. Its last words: {words?.Trim() ?? "none"}"));
    }

    /// <summary>Ends all of them: politely, then not. Removes what they wrote.</summary>
    public async Task EndAsync()
    {
        Child[] alive;
        lock (_gate)
            alive = [.. _children.Where(static child => !child.Ended.IsCompleted)];
        foreach (var child in alive)
            child.Signal(Signals.Terminate);
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

        System.IO.Directory.Delete(Directory, recursive: true);
    }

    public void Dispose()
    {
        foreach (var child in _children)
            child.Dispose();
    }
}
