using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Rollcall.Gossip.Transport;

/// <summary>What a node does. Tags have few values: never names of members or addresses.</summary>
internal sealed class GossipMetrics : IDisposable
{
    public const string MeterName = "Rollcall.Gossip";
    private const string Direction = "network.io.direction";
    private const string TransportTag = "network.transport";
    private const string Result = "rollcall.result";

    private readonly Meter _meter;
    private readonly bool _ownsMeter;
    private readonly Histogram<double> _probeDuration;
    private readonly Counter<long> _probes;
    private readonly Counter<long> _suspicions;
    private readonly Counter<long> _refutations;
    private readonly Counter<long> _packets;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _streams;

    private readonly ILogger _logger;
    private bool _hasFailed;

    public GossipMetrics(IMeterFactory? meters, GossipVitals vitals, Func<GossipMembership> membership, ILogger? logger = null)
    {
        _logger = logger ?? NullLogger.Instance;
        // Without a factory the meter has no listener and costs nothing.
        _ownsMeter = meters is null;
        _meter = meters?.Create(MeterName) ?? new Meter(MeterName);
        _probeDuration = _meter.CreateHistogram<double>("rollcall.gossip.probe.duration", "s", "Time from a probe to its ack, where the member answered this node itself.");
        _probes = _meter.CreateCounter<long>("rollcall.gossip.probes", "{probe}", "Probes that have ended, by result.");
        _suspicions = _meter.CreateCounter<long>("rollcall.gossip.suspicions", "{suspicion}", "Members that became suspect.");
        _refutations = _meter.CreateCounter<long>("rollcall.gossip.refutations", "{refutation}", "Accusations of this node that it objected to.");
        _packets = _meter.CreateCounter<long>("rollcall.gossip.packets", "{packet}", "Datagrams.");
        _bytes = _meter.CreateCounter<long>("rollcall.gossip.io", "By", "Bytes of datagrams and streams, wrappers included.");
        _refused = _meter.CreateCounter<long>("rollcall.gossip.refused", "{message}", "Packets, messages and streams that were refused.");
        _dropped = _meter.CreateCounter<long>("rollcall.gossip.dropped", "{packet}", "Datagrams dropped because the node did not keep up, and messages because the application did not.");
        _streams = _meter.CreateCounter<long>("rollcall.gossip.streams", "{stream}", "Streams that have ended, by result.");
        _meter.CreateObservableGauge("rollcall.gossip.health.score", () => vitals.HealthScore, "{point}", "How ill this node thinks it is; 0 is well.");
        _meter.CreateObservableUpDownCounter("rollcall.gossip.queue.length", () => Queues(vitals), "{message}", "What waits to be gossiped.");
        _meter.CreateObservableUpDownCounter("rollcall.gossip.members", () => Members(membership()), "{member}", "Members, by state.");
    }

    public void ProbeAnswered(TimeSpan? took)
    {
        Add(_probes, 1, new KeyValuePair<string, object?>(Result, took is null ? "relayed" : "answered"));
        if (took is not { } time)
            return;
        try
        {
            _probeDuration.Record(time.TotalSeconds);
        }
        catch (Exception error)
        {
            ListenerFailed(error);
        }
    }

    public void ProbeFailed() => Add(_probes, 1, new KeyValuePair<string, object?>(Result, "failed"));

    public void Suspected() => Add(_suspicions, 1);

    public void Refuted() => Add(_refutations, 1);

    public void Received(int bytes) => Datagram("receive", bytes);

    public void Sent(int bytes) => Datagram("transmit", bytes);

    public void StreamBytes(string direction, int bytes) => Add(_bytes, bytes, new(TransportTag, "tcp"), new(Direction, direction));

    public void StreamEnded(string direction, string result) => Add(_streams, 1, new(Direction, direction), new(Result, result));

    public void Refused(string what) => Add(_refused, 1, new KeyValuePair<string, object?>("rollcall.gossip.what", what));

    public void Dropped(string what) => Add(_dropped, 1, new KeyValuePair<string, object?>("rollcall.gossip.what", what));

    // The meters of a factory are the factory's.
    public void Dispose()
    {
        if (_ownsMeter)
            _meter.Dispose();
    }

    private void Datagram(string direction, int bytes)
    {
        Add(_packets, 1, new KeyValuePair<string, object?>(Direction, direction));
        Add(_bytes, bytes, new(TransportTag, "udp"), new(Direction, direction));
    }

    // A counter calls whoever listens to it: what that throws is no failure of what is counted.
    private void Add(Counter<long> counter, long value, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        try
        {
            counter.Add(value, tags);
        }
        catch (Exception error)
        {
            ListenerFailed(error);
        }
    }

    private void ListenerFailed(Exception error)
    {
        if (!Interlocked.Exchange(ref _hasFailed, true))
            GossipLog.ListenerFailed(_logger, error);
    }

    private static IEnumerable<Measurement<int>> Queues(GossipVitals vitals) =>
    [
        new(vitals.QueuedRumours, new KeyValuePair<string, object?>("rollcall.gossip.what", "rumour")),
        new(vitals.QueuedMessages, new KeyValuePair<string, object?>("rollcall.gossip.what", "message")),
    ];

    private static IEnumerable<Measurement<int>> Members(GossipMembership membership) =>
        Enum.GetValues<MemberState>().Select(state => new Measurement<int>(
            membership.Members.Count(member => member.State == state),
            new KeyValuePair<string, object?>("rollcall.gossip.state", state switch
            {
                MemberState.Alive => "alive",
                MemberState.Suspect => "suspect",
                MemberState.Dead => "dead",
                _ => "left",
            })));
}
