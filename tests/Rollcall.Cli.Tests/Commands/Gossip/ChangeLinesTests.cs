using Rollcall.Cli.Commands.Gossip;
using Rollcall.Cli.Gossip;
using Rollcall.Cli.Output;

namespace Rollcall.Cli.Tests.Commands.Gossip;

public sealed class ChangeLinesTests
{
    [Fact]
    public void Every_kind_has_its_words()
    {
        var lines = new ChangeLines();
        var member = new MemberDocument { Name = "b", Address = "fd00::1", Port = 7946, Status = "alive", Tags = new Dictionary<string, string> { ["zone"] = "a", ["role"] = "web" } };
        (ChangeDocument Change, string Text, Tone Tone)[] story =
        [
            (new() { Kind = "snapshot", Count = 2 }, "! 2 members", Tone.Faint),
            (Of("member", member), "+ b  [fd00::1]:7946 alive role=web,zone=a", Tone.Good),
            (Of("member", member with { Name = "c", Status = "failed", Tags = new Dictionary<string, string>() }), "+ c  [fd00::1]:7946 failed", Tone.Bad),
            (Of("suspected", member with { Suspect = true }), "~ b  suspected", Tone.Warning),
            (Of("cleared", member), "~ b  answers again", Tone.Good),
            (Of("updated", member with { Port = 7947, Tags = new Dictionary<string, string> { ["zone"] = "b" } }), "~ b  address [fd00::1]:7946 -> [fd00::1]:7947, role web -> -, zone a -> b", Tone.Warning),
            (Of("updated", member with { Port = 7947, Status = "leaving", Tags = new Dictionary<string, string> { ["zone"] = "b" } }), "~ b  status alive -> leaving", Tone.Warning),
            (Of("leaving", member), "~ b  leaving", Tone.Warning),
            (Of("failed", member), "- b  failed", Tone.Bad),
            (Of("left", member), "- b  left", Tone.Faint),
            (Of("forgotten", member), "- b  forgotten", Tone.Faint),
            (Of("updated", member), "~ b  [fd00::1]:7946 alive role=web,zone=a", Tone.Warning),
            (Of("joined", member), "+ b  [fd00::1]:7946 alive role=web,zone=a", Tone.Good),
            (new() { Kind = "event", Event = "deploy", Payload = "v2" }, "* deploy  v2", Tone.Plain),
            (new() { Kind = "event", Event = "deploy", PayloadBase64 = [0xff] }, "* deploy  /w==", Tone.Plain),
        ];
        foreach (var (change, text, tone) in story)
            Assert.Equal((text, tone), lines.Of(change));
    }

    private static ChangeDocument Of(string kind, MemberDocument member) => new() { Kind = kind, Member = member };
}
