using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using Rollcall.TestKit;
using Rollcall.TestKit.Telemetry;

namespace Rollcall.Gossip.Tests.Transport;

/// <summary>Nodes with real sockets on the loopback, in this process.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private readonly List<GossipNode> _nodes = [];

    public LogRecorder<GossipNode> Log { get; } = new();

    /// <summary>As on one machine, and some times faster; slow enough for a machine that does other things as well.</summary>
    public static GossipOptions Options(string name)
    {
        var options = GossipOptions.Local();
        options.Name = name;
        options.Bind = new(IPAddress.Loopback, 0);
        options.ProbeInterval = TimeSpan.FromMilliseconds(500);
        options.ProbeTimeout = TimeSpan.FromMilliseconds(200);
        options.RetransmitMultiplier = 4; // with 2 a rumour misses one of five now and then, which an exchange mends after 15 s
        options.GossipInterval = TimeSpan.FromMilliseconds(50);
        options.StreamTimeout = options.LeaveTimeout = Eventually.Limit;
        options.JoinRetryDelay = TimeSpan.FromMilliseconds(50);
        options.MaxJoinRetryDelay = TimeSpan.FromMilliseconds(200);
        return options;
    }

    public async Task<GossipNode> StartAsync(string name, Action<GossipOptions>? configure = null, IGossipState? state = null, IMeterFactory? meters = null, TimeProvider? time = null)
    {
        var options = Options(name);
        configure?.Invoke(options);
        var node = new GossipNode(options, state, Log, meters, time);
        _nodes.Add(node);
        await Eventually.Within(node.StartAsync());
        return node;
    }

    /// <summary>Starts so many, joins them by the first and waits until each sees all.</summary>
    public async Task<GossipNode[]> StartAsync(int count, Action<GossipOptions>? configure = null)
    {
        for (var i = 0; i < count; i++)
            await StartAsync($"n{i}", configure);
        foreach (var node in _nodes.Skip(1))
            await Eventually.Within(node.JoinAsync([_nodes[0].EndPoint!.ToString()]));
        await Eventually.True(() => _nodes.All(node => Live(node) == count));
        return [.. _nodes];
    }

    public static int Live(GossipNode node) => node.Membership.Members.Count(static member => member.IsLive);

    public static MemberState? StateOf(GossipNode node, string member) => Find(node, member)?.State;

    public static Member? Find(GossipNode node, string member) => node.Membership.Members.FirstOrDefault(other => other.Name == member);

    public static string Metadata(GossipNode node, string member) => Find(node, member) is { } found ? Encoding.UTF8.GetString(found.Metadata.Span) : "";

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
    }
}
