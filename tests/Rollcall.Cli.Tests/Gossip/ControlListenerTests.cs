using System.Net.Sockets;
using Rollcall.Cli.Gossip;

namespace Rollcall.Cli.Tests.Gossip;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ControlListenerTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rollcall-gossip-").FullName;

    private ControlPath Place => new(Path.Combine(_directory, "a.sock"), IsDefault: false);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Only_its_user_may_connect()
    {
        using var listener = ControlListener.Open(Place);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Place.File));
    }

    [Fact]
    public void The_default_place_is_for_its_user_alone()
    {
        var place = ControlPath.Of(null, name => name == "XDG_RUNTIME_DIR" ? _directory : null);
        Assert.Equal(Path.Combine(_directory, "rollcall", "gossip.sock"), place.File);
        using (var listener = ControlListener.Open(place))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(_directory, "rollcall")));
        using var again = ControlListener.Open(place);
    }

    [Fact]
    public void A_default_place_that_others_may_use_is_refused()
    {
        var place = ControlPath.Of(null, name => name == "XDG_RUNTIME_DIR" ? _directory : null);
        var open = Directory.CreateDirectory(Path.Combine(_directory, "rollcall"));
        File.SetUnixFileMode(open.FullName, (UnixFileMode)0b111_111_111);
        var error = Assert.Throws<CliException>(() => ControlListener.Open(place));
        Assert.Equal($"{_directory}/rollcall, the place of the control socket, cannot be trusted: others may use it.", error.Message);
        Assert.Equal("Close it with chmod 700, or name another place with --control.", error.Advice);
    }

    [Fact]
    public void A_link_in_the_default_place_is_not_followed()
    {
        var place = ControlPath.Of(null, name => name == "XDG_RUNTIME_DIR" ? _directory : null);
        Directory.CreateSymbolicLink(Path.Combine(_directory, "rollcall"), "/tmp");
        var error = Assert.Throws<CliException>(() => ControlListener.Open(place));
        Assert.Equal($"{_directory}/rollcall, the place of the control socket, cannot be trusted: it is no directory.", error.Message);
    }

    [Fact]
    public void The_command_line_wins_over_the_environment()
    {
        static string? Variables(string name) => name == "ROLLCALL_GOSSIP_CONTROL" ? "/from/variable" : "/from/runtime";
        Assert.Equal("/from/option", ControlPath.Of("/from/option", Variables).File);
        Assert.Equal("/from/variable", ControlPath.Of(null, Variables).File);
        Assert.Matches("^/tmp/rollcall-[0-9]+/gossip.sock$", ControlPath.Of(null, static _ => null).File);
    }

    [Fact]
    public void Two_nodes_cannot_have_one_socket()
    {
        using var listener = ControlListener.Open(Place);
        var error = Assert.Throws<CliException>(() => ControlListener.Open(Place));
        Assert.Equal($"{Place.File} is in use by another node; give this one a place of its own with --control.", error.Message);

        // Nor when somebody has cleaned up the lock.
        File.Delete(Place.File + ".lock");
        error = Assert.Throws<CliException>(() => ControlListener.Open(Place));
        Assert.Equal($"{Place.File} is in use by another node; give this one a place of its own with --control.", error.Message);
    }

    [Fact]
    public async Task What_a_dead_process_has_left_behind_is_replaced()
    {
        var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        dead.Bind(new UnixDomainSocketEndPoint(Place.File));
        var left = Path.Combine(_directory, "left");
        File.Move(Place.File, left); // or closing it would take it away
        dead.Dispose();
        File.Move(left, Place.File);
        using var listener = ControlListener.Open(Place);
        using var asking = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await asking.ConnectAsync(new UnixDomainSocketEndPoint(Place.File));
        using var answering = await listener.AcceptAsync(CancellationToken.None);
    }

    [Theory]
    [InlineData("")]
    [InlineData("mine")]
    public void A_file_is_never_taken_away(string content)
    {
        File.WriteAllText(Place.File, content);
        var error = Assert.Throws<CliException>(() => ControlListener.Open(Place));
        Assert.Equal($"the control socket {Place.File} cannot be made: there is something else of this name.", error.Message);
        Assert.Equal(content, File.ReadAllText(Place.File));
        Assert.Equal([Place.File], Directory.GetFiles(_directory)); // no lock either
    }

    [Fact]
    public void A_directory_that_is_not_there_is_told()
    {
        var error = Assert.Throws<CliException>(() => ControlListener.Open(new(Path.Combine(_directory, "none", "a.sock"), IsDefault: false)));
        Assert.Equal($"the control socket {_directory}/none/a.sock cannot be made: there is no directory {_directory}/none.", error.Message);
        Assert.Equal("Name another place with --control.", error.Advice);
    }

    [Theory]
    [InlineData(120)]
    [InlineData(300)] // not even a file may have such a name
    public void A_path_longer_than_the_system_allows_is_told(int length)
    {
        var error = Assert.Throws<CliException>(() => ControlListener.Open(new(Path.Combine(_directory, new string('x', length)), IsDefault: false)));
        Assert.EndsWith("the system allows about a hundred bytes of path.", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_directory));
    }
}
