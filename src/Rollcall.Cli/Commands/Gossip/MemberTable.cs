using System.Net;
using Rollcall.Cli.Gossip;
using Rollcall.Cli.Output;

namespace Rollcall.Cli.Commands.Gossip;

/// <summary>Members as a table.</summary>
internal static class MemberTable
{
    public static Table Of(IEnumerable<MemberDocument> members)
    {
        var table = new Table("NAME", "ADDRESS", "STATUS", "TAGS");
        foreach (var member in members)
            table.Add(member.Name, AddressOf(member), new(member.Status, ToneOf(member)), Tags(member.Tags));
        return table;
    }

    public static string AddressOf(MemberDocument member) =>
        IPAddress.TryParse(member.Address, out var address) ? new IPEndPoint(address, member.Port).ToString() : member.Address;

    public static string Tags(IReadOnlyDictionary<string, string> tags) =>
        string.Join(',', tags.OrderBy(static tag => tag.Key, StringComparer.Ordinal).Select(static tag => $"{tag.Key}={tag.Value}"));

    public static Tone ToneOf(MemberDocument member) => member.Status switch
    {
        MemberDocument.Failed => Tone.Bad,
        MemberDocument.Left => Tone.Faint,
        MemberDocument.Alive when !member.Suspect => Tone.Good,
        _ => Tone.Warning,
    };
}
