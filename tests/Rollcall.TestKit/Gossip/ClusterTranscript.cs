using System.Globalization;
using System.Text;
using Rollcall.Gossip.Protocol;

namespace Rollcall.TestKit.Gossip;

/// <summary>What happened, a line each: what was done to the cluster, what its nodes found out, and, where it is wanted, what they sent.</summary>
internal sealed class ClusterTranscript(SimulatedCluster cluster, bool withPackets) : IClusterObserver
{
    private readonly MessageText _text = new();
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines => _lines;

    public override string ToString() => string.Join('\n', _lines);

    public void Did(string what) => Add($"-- {what}");

    public void Exchanged(SimulatedNode from, SimulatedNode to)
    {
        if (withPackets)
            Add($"{from.Name} ⇄ {to.Name}  states");
    }

    public void Started(SimulatedNode node) => Add($"-- {node.Name} starts at {node.Address}");

    public void Happened(SimulatedNode node, in ProtocolEvent happened)
    {
        if (Describe(happened) is { } text)
            Add($"{node.Name}: {text}");
    }

    public void Sent(SimulatedNode from, in OutgoingPacket packet, Effects effects)
    {
        if (!withPackets)
            return;
        var texts = new List<string>();
        foreach (var message in effects.MessagesOf(packet))
            texts.Add(_text.Describe(message));
        // Probes that tell nothing else are the pulse of the cluster, and would fill the page.
        if (texts is [var only] && (only.StartsWith("ping #", StringComparison.Ordinal) || only.StartsWith("ack #", StringComparison.Ordinal)))
            return;
        Add($"{from.Name} → n{SimulatedNode.IndexOf(packet.To).ToString(CultureInfo.InvariantCulture)}  {string.Join("; ", texts)}");
    }

    private static string? Describe(in ProtocolEvent happened)
    {
        var about = happened.Record?.Name;
        var other = happened.Other?.Name ?? "somebody";
        return happened.Kind switch
        {
            EventKind.Joined => $"{about} is there ({happened.Incarnation})",
            EventKind.Left => $"{about} left ({happened.Incarnation})",
            EventKind.Failed => $"{about} is dead ({happened.Incarnation}), says {other}",
            EventKind.Updated => $"{about} is now '{Encoding.UTF8.GetString(happened.Record!.Meta)}' at {happened.Record.Address} ({happened.Incarnation})",
            EventKind.Suspected => $"{about} is suspected ({happened.Incarnation}), by {other}",
            EventKind.Cleared => $"{about} is cleared ({happened.Incarnation})",
            EventKind.Forgotten => $"{about} is forgotten",
            EventKind.Refuted => $"objects: it is alive in incarnation {happened.Incarnation}",
            EventKind.Conflict => $"{about} is also claimed by {happened.Other!.Address}",
            EventKind.ProbeFailed => $"no answer from {about}",
            EventKind.DatagramsLost => $"{about} answers over TCP alone",
            EventKind.Doubted => "hears nobody, and doubts itself",
            EventKind.Paused => $"was not run for {TimeSpan.FromTicks(happened.Elapsed).TotalSeconds:0.0##} s",
            EventKind.Refused => $"refused: {happened.Reason}",
            EventKind.AccuserDoubted => $"does not believe {other} about {about}",
            EventKind.Flapping => $"{about} goes and comes",
            EventKind.LeaveSpread => "has told that it goes",
            _ => null,
        };
    }

    private void Add(string what) => _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{cluster.Now.TotalSeconds,8:0.000}  {what}"));
}
