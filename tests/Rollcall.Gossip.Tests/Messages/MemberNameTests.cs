using System.Text;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Serf;
using Rollcall.Gossip.Tests.Protocol;
using Rollcall.Gossip.Transport;
using Rollcall.Gossip.Wire;
using Rollcall.TestKit;

namespace Rollcall.Gossip.Tests.Messages;

public sealed class MemberNameTests
{
    [Theory]
    [InlineData("web-1", "web-1")]
    [InlineData("Zürich 🜁", "Zürich 🜁")]
    [InlineData("\ufffd", "\ufffd")]
    [InlineData(@"C:\node", @"C:\node")]
    [InlineData(@"\x", @"\x")]
    [InlineData(@"\xff", @"\x5cxff")]
    [InlineData(@"\x5cxff", @"\x5cx5cxff")]
    [InlineData(@"\\xff", @"\\x5cxff")]
    public void A_name_that_is_text_is_shown_as_it_is_unless_it_looks_like_bytes(string name, string text) => AssertText(Encoding.UTF8.GetBytes(name), text);

    [Theory]
    [InlineData("ff", @"\xff")]
    [InlineData("fe", @"\xfe")]
    [InlineData("61ff62", @"a\xffb")]
    [InlineData("5cff", @"\\xff")]
    [InlineData("5c7835ff", @"\x5\xff")]
    [InlineData("e282", @"\xe2\x82")]
    [InlineData("eda080", @"\xed\xa0\x80")]
    [InlineData("c3bcff", @"ü\xff")]
    public void Bytes_that_are_no_text_are_shown_as_numbers(string name, string text) => AssertText(Convert.FromHexString(name), text);

    [Fact]
    public void No_two_names_are_one_text()
    {
        var random = new Random(3);
        byte[] alphabet = [.. "\\xf5caé"u8, 0xff, 0xe2];
        Dictionary<string, string> seen = [];
        for (var i = 0; i < 200_000; i++)
        {
            var name = new byte[random.Next(1, 10)];
            for (var at = 0; at < name.Length; at++)
                name[at] = alphabet[random.Next(alphabet.Length)];
            var text = MemberName.Text(name);
            Assert.Equal(name, MemberName.Bytes(text));
            Assert.Equal(Convert.ToHexString(name), seen.TryGetValue(text, out var other) ? other : seen[text] = Convert.ToHexString(name));
        }
    }

    [Fact]
    public void Two_members_whose_names_are_no_text_are_two_for_an_application_and_for_Serf()
    {
        var serf = new SerfLayer("me"u8.ToArray(), new Random(1));
        var node = new LoneNode(LoneNode.Silent, application: serf);
        var hub = new MembershipHub();
        var view = new MembershipView(hub, new VirtualTime(), keepsGone: false);
        var message = new byte[200];
        foreach (var last in new byte[] { 0xfe, 0xff })
            node.Receive(message.AsSpan(0, MessageCodec.Write(message, new Alive(1, [(byte)'n', last], LoneNode.AddressOf($"n{last}"), default, ProtocolVersions.Default))), LoneNode.AddressOf("x"));
        foreach (var happened in node.Events)
            view.Take(happened);
        view.Settle();
        Assert.Equal(["me", @"n\xfe", @"n\xff"], hub.Current.Members.Select(static member => member.Name));
        Assert.Equal(["me", @"n\xfe", @"n\xff"], serf.Statuses.Select(static member => member.Name).Order(StringComparer.Ordinal));

        // And what is said of one by its text is said of that one.
        node.Do((_, now) => serf.ForceLeave(@"n\xff", prune: false, now));
        Assert.Equal((SerfStatus.Alive, SerfStatus.Leaving), (serf.StatusOf(@"n\xfe"), serf.StatusOf(@"n\xff")));
    }

    private static void AssertText(byte[] name, string text)
    {
        Assert.Equal(text, MemberName.Text(name));
        Assert.Equal(name, MemberName.Bytes(text));
    }
}
