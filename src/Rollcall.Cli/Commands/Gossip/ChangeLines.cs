using System.Globalization;
using Rollcall.Cli.Gossip;
using Rollcall.Cli.Output;

namespace Rollcall.Cli.Commands.Gossip;

/// <summary>Changes in words. Remembers what was said of each member, to say only what is new.</summary>
internal sealed class ChangeLines
{
    private readonly Dictionary<string, MemberDocument> _known = new(StringComparer.Ordinal);

    public (string Text, Tone Tone) Of(ChangeDocument change)
    {
        if (change.Kind == ChangeDocument.Snapshot)
        {
            _known.Clear();
            return (string.Create(CultureInfo.InvariantCulture, $"! {change.Count ?? 0} {(change.Count == 1 ? "member" : "members")}"), Tone.Faint);
        }

        if (change.Member is not { } member)
            return ($"* {change.Event}{Payload(change)}", Tone.Plain);
        var before = _known.GetValueOrDefault(member.Name);
        if (change.Kind == ChangeDocument.Forgotten)
            _known.Remove(member.Name);
        else
            _known[member.Name] = member;
        return change.Kind switch
        {
            ChangeDocument.State => ($"+ {Whole(member)}", MemberTable.ToneOf(member)),
            ChangeDocument.Joined => ($"+ {Whole(member)}", Tone.Good),
            ChangeDocument.Suspected => ($"~ {member.Name}  suspected", Tone.Warning),
            ChangeDocument.Cleared => ($"~ {member.Name}  answers again", Tone.Good),
            ChangeDocument.Leaving => ($"~ {member.Name}  leaving", Tone.Warning),
            ChangeDocument.Failed => ($"- {member.Name}  failed", Tone.Bad),
            ChangeDocument.Left => ($"- {member.Name}  left", Tone.Faint),
            ChangeDocument.Forgotten => ($"- {member.Name}  forgotten", Tone.Faint),
            _ => ($"~ {member.Name}  {Difference(before, member)}", Tone.Warning),
        };
    }

    private static string Whole(MemberDocument member) =>
        $"{member.Name}  {MemberTable.AddressOf(member)} {member.Status}{(member.Suspect ? " (suspected)" : "")}{(member.Tags.Count == 0 ? "" : " " + MemberTable.Tags(member.Tags))}";

    private static string Payload(ChangeDocument change) =>
        change.Payload is { } text ? $"  {text}" : change.PayloadBase64 is { } bytes ? $"  {Convert.ToBase64String(bytes)}" : "";

    private static string Difference(MemberDocument? before, MemberDocument now)
    {
        if (before is null)
            return Whole(now)[(now.Name.Length + 2)..];
        var parts = new List<string>();
        Compare("status", before.Status, now.Status);
        Compare("address", MemberTable.AddressOf(before), MemberTable.AddressOf(now));
        foreach (var key in before.Tags.Keys.Union(now.Tags.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
            Compare(key, before.Tags.GetValueOrDefault(key), now.Tags.GetValueOrDefault(key));
        return parts.Count == 0 ? "says the same anew" : string.Join(", ", parts);

        void Compare(string what, string? from, string? to)
        {
            if (!string.Equals(from, to, StringComparison.Ordinal))
                parts.Add($"{what} {from ?? "-"} -> {to ?? "-"}");
        }
    }
}
