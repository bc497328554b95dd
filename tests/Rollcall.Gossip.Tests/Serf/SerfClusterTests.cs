using System.Text;
using Rollcall.Gossip.Protocol;
using Rollcall.Gossip.Serf;
using Rollcall.TestKit.Gossip;

namespace Rollcall.Gossip.Tests.Serf;

/// <summary>A cluster in which every node speaks as an agent does, on a network that loses one datagram in ten.</summary>
public sealed class SerfClusterTests
{
    private const int Size = 12;
    private static readonly GossipKey Key = GossipKey.Generate();

    private readonly SimulatedCluster _cluster = new(seed: 11, ProtocolSettings.Lan);
    private readonly Dictionary<int, SerfLayer> _layers = [];
    private readonly Dictionary<int, List<SerfEvent>> _told = [];
    private readonly Dictionary<int, GossipKeyring> _rings = [];

    public SerfClusterTests()
    {
        _cluster.Network.Loss = 0.1;
        _cluster.Application = node => _layers[node.Index] = new(Encoding.UTF8.GetBytes(node.Name), new Random(node.Index), new(_rings[node.Index] = new(Key), isSealed: true));
        _cluster.Starting = node => _layers[node.Index].Attach(node.Core);
        for (var i = 0; i < Size; i++)
        {
            var node = _cluster.Add();
            _told[i] = [];
            _cluster.At(TimeSpan.FromSeconds(i * 0.1), () => _cluster.Start(node, joins: node.Index > 0));
            _cluster.At(TimeSpan.FromSeconds(8), () => Do(node, static (serf, now) => serf.Joined(now)));
        }

        Run(30);
    }

    [Fact]
    public void S38_A_leave_is_left_for_all_and_a_crash_failed()
    {
        Do(_cluster.Nodes[3], static (serf, now) => serf.Leave(now));
        _cluster.Crash(_cluster.Nodes[4]);
        Run(45);
        Assert.All(Others(3, 4), serf => Assert.Equal((SerfStatus.Left, SerfStatus.Failed), (serf.StatusOf("n3"), serf.StatusOf("n4"))));
        Assert.All(Others(3, 4), serf => Assert.Equal(Size - 2, serf.Statuses.Count(static member => member.Status == SerfStatus.Alive)));
    }

    [Fact]
    public void S38_Who_is_forced_to_leave_but_lives_stays()
    {
        Do(_cluster.Nodes[0], static (serf, now) => serf.ForceLeave("n5", prune: false, now));
        Assert.Equal(SerfStatus.Leaving, _layers[0].StatusOf("n5"));
        Run(20);
        Assert.All(_layers.Values, static serf => Assert.Equal(SerfStatus.Alive, serf.StatusOf("n5")));
    }

    [Fact]
    public void S38_Who_failed_and_is_forced_to_leave_has_left_for_all()
    {
        _cluster.Crash(_cluster.Nodes[4]);
        Run(45);
        Do(_cluster.Nodes[0], static (serf, now) => serf.ForceLeave("n4", prune: false, now));
        Run(20);
        Assert.All(Others(4), static serf => Assert.Equal(SerfStatus.Left, serf.StatusOf("n4")));
    }

    [Fact]
    public void S39_An_event_reaches_all_once_though_its_sender_reaches_few()
    {
        // Only through three does anything of n0 get out.
        for (var other = 4; other < Size; other++)
        {
            _cluster.Network.Cut(0, other);
            _cluster.Network.Cut(other, 0);
        }

        Do(_cluster.Nodes[0], static (serf, now) => serf.SendEvent("deploy", "payload"u8, coalesces: false, now));
        Run(10);
        Assert.All(_told.Values, static told => Assert.Single(told, static item => item.Kind == SerfEventKind.UserEvent));
    }

    [Fact]
    public void An_event_that_was_missed_comes_with_an_exchange()
    {
        var away = _cluster.Nodes[7];
        away.Group = 1;
        Do(_cluster.Nodes[0], static (serf, now) => serf.SendEvent("deploy", "payload"u8, coalesces: false, now));
        Run(4);
        Assert.DoesNotContain(_told[7], static item => item.Kind == SerfEventKind.UserEvent);
        away.Group = 0;
        Run(70);
        Assert.Single(_told[7], static item => item.Kind == SerfEventKind.UserEvent);
    }

    [Fact]
    public void A_key_gets_to_all_and_all_answers_back_though_datagrams_are_lost()
    {
        var key = GossipKey.Generate();
        foreach (var operation in new[] { KeyOperation.Add, KeyOperation.Use })
        {
            OwnQuery query = null!;
            Do(_cluster.Nodes[5], (serf, now) => query = serf.AskKeys(operation, key, now)!);
            Run(query.Timeout.TotalSeconds / 2);
            Do(_cluster.Nodes[5], (serf, now) => serf.AskAgain(query, now));
            Run(query.Timeout.TotalSeconds / 2);
            var report = _layers[5].EndKeys(query, operation, key);
            Assert.True(report.IsComplete, string.Join(", ", report.Silent));
            Assert.Equal(Size, report.Answers);
        }

        Assert.All(_rings.Values, ring => Assert.Equal([key, Key], ring.Keys));
    }

    private void Do(SimulatedNode node, Action<SerfLayer, long> call) => _cluster.Do(node, (_, now) => call(_layers[node.Index], now));

    private void Run(double seconds)
    {
        _cluster.RunUntil(_cluster.Now + TimeSpan.FromSeconds(seconds));
        foreach (var (node, serf) in _layers)
        {
            _told[node].AddRange(serf.Events);
            serf.ClearEvents();
        }
    }

    private IEnumerable<SerfLayer> Others(params int[] gone) => _layers.Where(layer => !gone.Contains(layer.Key)).Select(static layer => layer.Value);
}
