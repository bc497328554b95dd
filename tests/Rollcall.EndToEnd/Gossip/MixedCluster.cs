using System.Globalization;
using System.Text.Json;
using Rollcall.TestKit;
using Rollcall.TestKit.Agents;
using Rollcall.TestKit.Network;

namespace Rollcall.EndToEnd.Gossip;

/// <summary>Five Serf agents and five nodes of ours, each on a host of its own, in one cluster.</summary>
internal sealed class MixedCluster : IAsyncDisposable
{
    public const int Each = 5;
    public const int Size = 2 * Each;

    private static readonly TimeSpan AskedAgainAfter = TimeSpan.FromMilliseconds(250);

    // With this the nodes of ours are agents, too: what happens then is nothing that they could be blamed for.
    private static readonly bool OnlyAgents = Environment.GetEnvironmentVariable("ROLLCALL_GOSSIP_ONLY_AGENTS") == "1";

    private static readonly string? Logs = Environment.GetEnvironmentVariable("ROLLCALL_GOSSIP_LOGS");

    private readonly string _directory = Directory.CreateTempSubdirectory("rollcall-gossip-").FullName;
    private readonly Dictionary<string, ClusterNode> _nodes = new(StringComparer.Ordinal);
    private readonly List<ClusterNode> _ended = [];
    private readonly SortedDictionary<string, ListedMember> _expected = new(StringComparer.Ordinal);
    private readonly string _preset;

    private MixedCluster(TestNetwork network, string preset) => (Network, _preset, Bounds) = (network, preset, new(preset));

    public TestNetwork Network { get; }

    public Bounds Bounds { get; }

    public ClusterNode this[string name] => _nodes[name];

    public IEnumerable<ClusterNode> Up => _nodes.Values.Where(static node => node.IsUp);

    /// <summary>All there were, also those that were started anew since.</summary>
    public IEnumerable<ClusterNode> All => _nodes.Values.Concat(_ended);

    /// <summary>theirs-1 to theirs-5 and ours-1 to ours-5, which know of each other by one of the other kind.</summary>
    /// <param name="preset">local or lan.</param>
    /// <param name="key">With which they encrypt, all with a keyring of their own.</param>
    public static async Task<MixedCluster> StartAsync(string preset, string? key = null)
    {
        var cluster = new MixedCluster(await TestNetwork.CreateAsync(Size), preset);
        try
        {
            if (key is not null)
            {
                foreach (var name in Names())
                    cluster.WriteKeyring(name, key);
            }

            await cluster.StartAsync("theirs-1");
            var start = TimeProvider.System.GetTimestamp();
            await cluster.StartAsync("ours-1");

            // Who joins one that has not joined yet is told of nobody, and its own rumour is over before there is anybody to hear it.
            await SeenAsync(Sight.Joined, ["theirs-1"], [cluster["ours-1"]], start, Eventually.Limit);
            await Task.WhenAll(Names().Except(["theirs-1", "ours-1"]).Select(cluster.StartAsync));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public static IEnumerable<string> Names() => Enumerable.Range(1, Each)
        .SelectMany(static i => new[] { string.Create(CultureInfo.InvariantCulture, $"theirs-{i}"), string.Create(CultureInfo.InvariantCulture, $"ours-{i}") });

    /// <summary>Starts one, or starts one anew that has ended, at the same address.</summary>
    public async Task StartAsync(string name)
    {
        var host = Network.Hosts[Names().ToList().IndexOf(name)];
        var tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["kind"] = name.Split('-')[0], ["zone"] = "a" };
        var settings = new NodeSettings(_preset, tags, Seed(name), File.Exists(Keyring(name)) ? Keyring(name) : null);
        var node = OnlyAgents || name.StartsWith("theirs", StringComparison.Ordinal)
            ? await AgentNode.StartAsync(name, host, settings)
            : await RollcallNode.StartAsync(name, host, settings, _directory);
        lock (_nodes)
        {
            if (_nodes.TryGetValue(name, out var before))
                _ended.Add(before);
            _nodes[name] = node;
        }

        Expect(name, "alive");
    }

    public async Task SetTagAsync(string name, string key, string value)
    {
        await _nodes[name].SetTagAsync(key, value);
        lock (_expected)
        {
            var tags = _expected[name].Tags.Split(',').Select(static tag => tag.Split('=')).ToDictionary(static tag => tag[0], static tag => tag[1], StringComparer.Ordinal);
            tags[key] = value;
            _expected[name] = _expected[name] with { Tags = string.Join(',', tags.OrderBy(static tag => tag.Key, StringComparer.Ordinal).Select(static tag => $"{tag.Key}={tag.Value}")) };
        }
    }

    public async Task LeaveAsync(string name)
    {
        _nodes[name].IsUp = false;
        await _nodes[name].LeaveAsync();
        Expect(name, "left");
    }

    public void Kill(string name)
    {
        _nodes[name].IsUp = false;
        _nodes[name].Kill();
        Expect(name, "failed");
    }

    public void Freeze(string name, bool frozen)
    {
        _nodes[name].IsUp = !frozen;
        _nodes[name].Freeze(frozen);
        Expect(name, frozen ? "failed" : "alive");
    }

    /// <summary>Has one tell all of a change of the keys, again and again until it has reached each of them.</summary>
    /// <returns>How often it was said.</returns>
    public async Task<int> ChangeKeysAsync(string by, KeyChange change, string key, Func<IReadOnlyList<string>, bool> isDone, TimeSpan limit)
    {
        var start = TimeProvider.System.GetTimestamp();
        for (var times = 1; ; times++)
        {
            var (code, output) = await _nodes[by].KeysAsync(change, key);
            var missing = Up.Where(node => !isDone(KeysOf(node.Name))).Select(static node => node.Name).ToArray();
            if (missing.Length == 0)
                return times;

            // Serf's own word for all is that nobody is missing.
            Assert.False(code == 0, $"{by} says that all were told to {change}, and {string.Join(", ", missing)} were not.");
            if (TimeProvider.System.GetElapsedTime(start) > limit)
                Assert.Fail($"After {limit.TotalSeconds:0} s {by} has not told {string.Join(", ", missing)} to {change}.\n{output}");
        }
    }

    /// <summary>The keys that one has in its file, the one that encrypts first.</summary>
    public IReadOnlyList<string> KeysOf(string name) => JsonSerializer.Deserialize<string[]>(File.ReadAllText(Keyring(name)))!;

    /// <summary>Waits until everybody who is up lists everybody as they are: names, addresses, statuses, tags.</summary>
    public async Task AgreeAsync(TimeSpan limit)
    {
        var start = TimeProvider.System.GetTimestamp();
        var expected = string.Join('\n', _expected.Values);
        foreach (var node in Up)
        {
            while (true)
            {
                var listed = string.Join('\n', (await node.ListAsync() ?? []).OrderBy(static member => member.Name, StringComparer.Ordinal));
                if (listed == expected)
                    break;
                if (TimeProvider.System.GetElapsedTime(start) > limit)
                    Assert.Fail($"After {limit.TotalSeconds:0} s {node.Name} lists\n{listed}\nand there are\n{expected}\n{Words(node)}");
                await Task.Delay(AskedAgainAfter, TimeProvider.System);
            }
        }
    }

    /// <summary>Waits until everybody who is up has said this of these members since then.</summary>
    /// <returns>When the last of them did.</returns>
    public Task<TimeSpan> SeenAsync(Sight sight, IReadOnlyCollection<string> members, long since, TimeSpan limit) => SeenAsync(sight, members, [.. Up], since, limit);

    /// <summary>Waits until each of these has said this of all these members but itself since then.</summary>
    /// <returns>When the last of them did.</returns>
    public static async Task<TimeSpan> SeenAsync(Sight sight, IReadOnlyCollection<string> members, IReadOnlyCollection<ClusterNode> by, long since, TimeSpan limit)
    {
        var last = since;
        foreach (var node in by)
        {
            foreach (var member in members.Where(member => member != node.Name))
            {
                while (true)
                {
                    if (node.When(sight, member, since) is { } at)
                    {
                        last = Math.Max(last, at);
                        break;
                    }

                    if (TimeProvider.System.GetElapsedTime(since) > limit)
                        Assert.Fail($"After {limit.TotalSeconds:0} s {node.Name} has not said of {member}: {sight}.\n{Words(node)}");
                    await Task.Delay(AskedAgainAfter, TimeProvider.System);
                }
            }
        }

        return TimeProvider.System.GetElapsedTime(since, last);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in All)
        {
            await node.DisposeAsync();
            if (Logs is not null)
                await File.WriteAllLinesAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(Logs, Network.Hosts[0].Name)).FullName, node.Name + ".log"), node.Lines.Select(static line => line.Text));
        }

        await Network.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private static string Words(ClusterNode node) => string.Join('\n', node.Lines.TakeLast(40).Select(static line => line.Text));

    // One of the other kind that is there; for the first there is none.
    private string? Seed(string name)
    {
        lock (_nodes)
        {
            var other = name.StartsWith("theirs", StringComparison.Ordinal) ? "ours-1" : "theirs-1";
            return _nodes.TryGetValue(other, out var seed) ? seed.Address : null;
        }
    }

    private void Expect(string name, string status)
    {
        lock (_expected)
        {
            var known = _expected.GetValueOrDefault(name) ?? new(name, _nodes[name].Address, status, $"kind={name.Split('-')[0]},zone=a");
            _expected[name] = known with { Status = status };
        }
    }

    private string Keyring(string name) => Path.Combine(_directory, name + ".keys");

    private void WriteKeyring(string name, string key)
    {
        File.WriteAllText(Keyring(name), $"[\"{key}\"]");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Keyring(name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
