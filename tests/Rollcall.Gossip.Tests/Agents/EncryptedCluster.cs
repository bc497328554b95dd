using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Rollcall.Gossip.Tests.Transport;
using Rollcall.TestKit;
using Rollcall.TestKit.Agents;

namespace Rollcall.Gossip.Tests.Agents;

/// <summary>Two nodes of ours and two real Serf agents in one encrypted cluster. Each has a keyring of its own, the agents in a file.</summary>
internal sealed class EncryptedCluster : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rollcall-keys").FullName;
    private readonly CancellationTokenSource _over = new();
    private readonly List<SerfAgent> _agents = [];
    private readonly Dictionary<string, HashSet<string>> _heard = new(StringComparer.Ordinal);
    private readonly List<Task> _readers = [];
    private int _events;

    public TestCluster Nodes { get; } = new();

    public IReadOnlyList<SerfAgent> Agents => _agents;

    public GossipNode First { get; private set; } = null!;

    public GossipNode Second { get; private set; } = null!;

    /// <summary>All started with these keys, the first the primary, and all seeing each other.</summary>
    public static async Task<EncryptedCluster> StartAsync(params GossipKey[] keys)
    {
        var cluster = new EncryptedCluster();
        try
        {
            cluster.First = await cluster.AddNodeAsync("ours-1", keys);
            cluster.Second = await cluster.AddNodeAsync("ours-2", keys);
            await cluster.AddAgentAsync("theirs-1", keys);
            await cluster.AddAgentAsync("theirs-2", keys);
            await cluster.ExpectAllAliveAsync(4);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async Task<GossipNode> AddNodeAsync(string name, params GossipKey[] keys)
    {
        var node = await Nodes.StartAsync(name, options =>
        {
            options.Serf = true;
            options.Keyring = new(keys);
            options.GossipInterval = GossipOptions.Wan().GossipInterval;
        });
        lock (_heard)
            _heard[name] = new(StringComparer.Ordinal);
        _readers.Add(ReadAsync(node));
        if (First is not null)
            await Eventually.Within(node.JoinAsync([First.EndPoint!.ToString()]));
        return node;
    }

    /// <summary>The second node leaves, and comes again with these keys alone.</summary>
    public async Task RestartSecondAsync(params GossipKey[] keys)
    {
        Assert.True(await Eventually.Within(Second.LeaveAsync()));
        await Second.DisposeAsync();
        Second = await AddNodeAsync(Second.Name, keys);
    }

    public async Task<SerfAgent> AddAgentAsync(string name, params GossipKey[] keys)
    {
        var agent = await StartAgentAsync(name, keys);
        await agent.RunAsync("join", First.EndPoint!.ToString());
        return agent;
    }

    /// <summary>One that is not joined.</summary>
    public async Task<SerfAgent> StartAgentAsync(string name, params GossipKey[] keys)
    {
        var file = FileOf(name);
        if (keys.Length > 0)
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(keys.Select(static key => key.ToBase64())));
        var agent = await SerfAgent.StartAsync(name, "-profile=wan", $"-keyring-file={file}"); // by the interval of gossip goes how long a query is open
        _agents.Add(agent);
        return agent;
    }

    /// <summary>What the agent has kept, the primary first.</summary>
    public IReadOnlyList<string> KeptBy(string agent) => JsonSerializer.Deserialize<string[]>(File.ReadAllText(FileOf(agent)))!;

    public async Task ExpectAllAliveAsync(int count)
    {
        await Eventually.True(() => TestCluster.Live(First) == count && TestCluster.Live(Second) == count);
        foreach (var agent in _agents)
            await Eventually.True(async () => await agent.MembersAsync() is { } members && members.Values.Count(static status => status == "alive") == count);
    }

    /// <summary>An event of each kind gets to everybody. It is gossip, and may miss one where the machine is busy; then another is sent. Who lacks a key gets none of them.</summary>
    public async Task ExpectEventsToReachAllAsync()
    {
        string[] missing = [];
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var ours = string.Create(CultureInfo.InvariantCulture, $"event-of-ours-{++_events}");
            var theirs = string.Create(CultureInfo.InvariantCulture, $"event-of-theirs-{_events}");
            await First.SendEventAsync(ours, default);
            await _agents[0].RunAsync("event", "-coalesce=false", theirs);
            var end = Stopwatch.GetTimestamp() + (10 * Stopwatch.Frequency);
            await Eventually.True(() => (missing = [.. Missing(ours), .. Missing(theirs)]).Length == 0 || Stopwatch.GetTimestamp() > end);
            if (missing.Length == 0)
                return;
        }

        Assert.Fail($"Events did not reach all: {string.Join(", ", missing)}");
    }

    /// <summary>What the agents complain of.</summary>
    public IEnumerable<string> Complaints => _agents.SelectMany(static agent => agent.Complaints.Select(line => $"{agent.Name}: {line}"));

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        foreach (var agent in _agents)
            await agent.DisposeAsync();
        await Nodes.DisposeAsync();
        await Eventually.Within(Task.WhenAll(_readers));
        _over.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string FileOf(string name) => Path.Combine(_folder, $"{name}.json");

    private IEnumerable<string> Missing(string happened)
    {
        string[] nodes;
        lock (_heard)
            nodes = [.. _heard.Where(node => !node.Value.Contains(happened)).Select(node => $"{happened} at {node.Key}")];
        return nodes.Concat(_agents.Where(agent => !agent.Log.Any(line => line.Contains($"user-event: {happened}", StringComparison.Ordinal))).Select(agent => $"{happened} at {agent.Name}"));
    }

    private async Task ReadAsync(GossipNode node)
    {
        try
        {
            await foreach (var message in node.ReadMessagesAsync(_over.Token))
            {
                lock (_heard)
                    _heard[node.Name].Add(message.EventName ?? "");
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
