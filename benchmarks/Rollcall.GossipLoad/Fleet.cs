using System.Diagnostics;
using System.Runtime.InteropServices;
using Rollcall.GossipLoad.Agents;

namespace Rollcall.GossipLoad;

/// <summary>A cluster of agents of one kind, and what each of them believes of the others.</summary>
internal sealed class Fleet : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Lock _observing = new();
    private readonly Dictionary<(int Observer, string Member), (Belief Belief, long At)> _beliefs = [];
    private readonly Queue<string> _log = [];
    private readonly Network? _network;
    private long _failures;

    private Fleet(string data, Network? network) => (Data, _network) = (data, network);

    public string Data { get; }

    /// <summary>Whether its traffic can be told from that of others.</summary>
    public bool HasCounters => _network is not null;

    /// <summary>From when on the first node joins another as well when it is started again.</summary>
    public bool IsFormed { get; private set; }

    public IReadOnlyList<Agent> Agents { get; private set; } = [];

    /// <summary>How often one was said to have failed so far.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    public static async Task<Fleet> CreateAsync(string name, string data, int size, Func<Fleet, int, Agent> make, CancellationToken cancellationToken)
    {
        var fleet = new Fleet(Directory.CreateDirectory(data).FullName, await Network.TryCreateAsync($"rollcall-bench-{name}", cancellationToken));
        fleet.Agents = [.. Enumerable.Range(0, size).Select(index => make(fleet, index))];
        return fleet;
    }

    /// <summary>Whom one joins by: the first, and another where that is itself or gone.</summary>
    public int SeedOf(int index) => Agents.First(agent => agent.Index != index && agent.IsRunning).Index;

    /// <summary>Starts the first, and when it listens the others at once.</summary>
    public async Task<Formation> FormAsync(CancellationToken cancellationToken)
    {
        Agents[0].Start(_network);
        await UntilAsync(() => Agents[0].Listening > 0, "the first to listen", cancellationToken);
        foreach (var agent in Agents.Skip(1))
            agent.Start(_network);
        var seen = await AllSeeAllAsync(cancellationToken);
        IsFormed = true;
        return new(Stopwatch.GetElapsedTime(Agents[0].Started, seen), Stopwatch.GetElapsedTime(Agents.Max(static agent => agent.Listening), seen), Agents.Sum(static agent => agent.ProcessorSeconds()) / Agents.Count);
    }

    /// <summary>Kills one, and returns how long until each of the others knew, in seconds.</summary>
    public async Task<IReadOnlyList<double>> KillAsync(Agent victim, CancellationToken cancellationToken)
    {
        var killed = victim.Kill();
        var known = await UntilAllBelieveAsync(victim, Belief.Failed, cancellationToken);
        await victim.ClearAsync(cancellationToken);
        return [.. known.Select(at => Stopwatch.GetElapsedTime(killed, at).TotalSeconds)];
    }

    public async Task CrashAsync(Agent victim, CancellationToken cancellationToken)
    {
        victim.Kill();
        await victim.ClearAsync(cancellationToken);
    }

    public void Restart(Agent victim)
    {
        lock (_observing)
        {
            foreach (var other in Agents)
                _beliefs.Remove((victim.Index, Agent.NameOf(other.Index)));
        }

        victim.Start(_network);
    }

    /// <summary>Waits until everybody has everybody alive, and returns since when.</summary>
    public async Task<long> AllSeeAllAsync(CancellationToken cancellationToken)
    {
        long last = 0;
        foreach (var agent in Agents)
            last = Math.Max(last, (await UntilAllBelieveAsync(agent, Belief.Alive, cancellationToken)).Max());
        return last;
    }

    public Traffic Traffic() => Network.TrafficOf(Agents.First(static agent => agent.IsRunning).ProcessId);

    public void Observe(int observer, string member, Belief belief, long at)
    {
        if (belief == Belief.Failed)
            Interlocked.Increment(ref _failures);
        lock (_observing)
            _beliefs[(observer, member)] = (belief, at);
    }

    public void Keep(int index, string line)
    {
        lock (_log)
        {
            _log.Enqueue($"{Agent.NameOf(index)}: {line}");
            if (_log.Count > 60)
                _log.Dequeue();
        }
    }

    public void Dispose()
    {
        foreach (var agent in Agents)
            agent.Dispose();
        _network?.Dispose();
        Directory.Delete(Data, recursive: true);
    }

    // When each of the others came to it. What was believed before counts as long as it is still believed.
    private async Task<IReadOnlyList<long>> UntilAllBelieveAsync(Agent subject, Belief wanted, CancellationToken cancellationToken)
    {
        var name = Agent.NameOf(subject.Index);
        List<long> since = [];
        await UntilAsync(AllBelieve, $"all to have {name} as {wanted}", cancellationToken);
        return since;

        bool AllBelieve()
        {
            since.Clear();
            lock (_observing)
            {
                foreach (var observer in Agents.Where(agent => agent != subject))
                {
                    if (!_beliefs.TryGetValue((observer.Index, name), out var belief) || belief.Belief != wanted)
                        return false;
                    since.Add(belief.At);
                }
            }

            return true;
        }
    }

    private async Task UntilAsync(Func<bool> isSo, string what, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            if (Stopwatch.GetElapsedTime(began) > Patience)
                throw new TimeoutException($"Waited {Patience.TotalSeconds:0} s for {what}. The last lines:\n{Lines()}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancellationToken);
        }
    }

    private string Lines()
    {
        lock (_log)
            return string.Join('\n', _log);
    }
}

/// <summary>How a cluster came to be: until all saw all, from the start of the first and from when all listened; and the processor time of one node until then, in seconds.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Formation(TimeSpan FromStart, TimeSpan FromListening, double ProcessorSeconds);
