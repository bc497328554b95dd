using System.Runtime.Versioning;
using Rollcall.Cli.Gossip;

namespace Rollcall.Cli.Tests.Gossip;

[UnsupportedOSPlatform("windows")]
public sealed class ControlTrustTests
{
    private const string Stranger = "user 7 listens at /d/s, and not you.";
    private const string NoKey = "user 7 listens at /d/s, and no key is handed to others.";
    private const string Open = "no key is handed over at /d/s: others may write to its directory.";

    [Theory]
    [InlineData(5, true, 5u, "700", null)]
    [InlineData(5, true, null, "700", null)]
    [InlineData(5, true, 7u, "700", "it belongs to user 7")]
    [InlineData(5, true, 0u, "700", "it belongs to root")]
    [InlineData(0, true, 7u, "700", "it belongs to user 7")]
    [InlineData(5, true, 5u, "701", "others may use it")]
    [InlineData(5, true, 5u, "710", "others may use it")]
    [InlineData(5, true, 5u, "2700", null)]
    [InlineData(5, false, 5u, "700", "it is no directory")]
    public void The_default_place_is_of_its_user_alone(uint me, bool isDirectory, uint? owner, string mode, string? reason) =>
        Assert.Equal(reason, new ControlTrust(me).RefuseDefault(new(isDirectory, owner, Mode(mode)))?.Reason);

    [Theory]
    [InlineData(5, 5u, "700", 5u, false, null)]
    [InlineData(5, 5u, "700", 5u, true, null)]
    [InlineData(5, 5u, "700", 0u, true, null)] // root's, by whatever way it came there
    [InlineData(5, 5u, "700", 7u, false, Stranger)]
    [InlineData(5, 7u, "700", 7u, false, Stranger)]
    [InlineData(5, 5u, "700", null, false, "the system does not say who listens at /d/s.")]
    [InlineData(5, 0u, "1777", 5u, false, null)] // in /tmp
    [InlineData(5, 0u, "1777", 5u, true, Open)]
    [InlineData(5, 0u, "755", 5u, true, null)]
    [InlineData(5, 5u, "770", 5u, true, Open)]
    [InlineData(5, 7u, "755", 5u, true, Open)]
    [InlineData(0, 7u, "755", 7u, false, null)] // sudo
    [InlineData(0, 7u, "755", 7u, true, NoKey)]
    [InlineData(0, 7u, "777", 7u, false, Stranger)]
    [InlineData(0, 0u, "1777", 7u, false, Stranger)]
    [InlineData(0, null, "700", 7u, false, Stranger)]
    [InlineData(0, 7u, "700", 0u, true, Open)]
    [InlineData(0, 0u, "700", 0u, true, null)]
    public void Who_listens_is_of_the_same_user_or_root(uint me, uint? owner, string mode, uint? peer, bool hasKey, string? reason) =>
        Assert.Equal(reason, new ControlTrust(me).Refuse("/d/s", new(IsDirectory: true, owner, Mode(mode)), peer, hasKey)?.Reason);

    private static UnixFileMode Mode(string octal) => (UnixFileMode)Convert.ToInt32(octal, 8);
}
