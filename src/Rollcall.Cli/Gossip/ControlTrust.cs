using System.Globalization;
using System.Runtime.Versioning;

namespace Rollcall.Cli.Gossip;

/// <summary>
/// Who a command may talk to. A socket's path proves nothing: the default one is known to everybody, and where others may write they can listen first. What is asked, above all with a key in it, is for a
/// node of one's own or of root, whom nobody can be protected from.
/// </summary>
/// <param name="me">On behalf of whom this process acts.</param>
[UnsupportedOSPlatform("windows")]
internal sealed class ControlTrust(uint me)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Permissions = (UnixFileMode)0b111_111_111;
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Why the directory of the default place is not used, and what to do; null where it can be.</summary>
    public (string Reason, string Advice)? RefuseDefault(PlaceFacts place) => place switch
    {
        { IsDirectory: false } => ("it is no directory", "Remove it"),
        { Owner: { } owner } when owner != me => ($"it belongs to {Name(owner)}", "Remove it"),
        _ when (place.Mode & Permissions) != OwnerOnly => ("others may use it", "Close it with chmod 700"),
        _ => null,
    };

    /// <summary>Why who listens is told nothing, and what to do; null where they may be.</summary>
    /// <param name="file">The socket.</param>
    /// <param name="directory">Where it is.</param>
    /// <param name="peer">Who listens; null where the system does not say.</param>
    /// <param name="hasKey">Whether there is a key in what is asked.</param>
    public (string Reason, string Advice)? Refuse(string file, PlaceFacts directory, uint? peer, bool hasKey)
    {
        if (peer is not { } user)
            return ($"the system does not say who listens at {file}.", "Name another place with --control.");
        var isOwn = user == me || user == UnixSystem.Root;

        // Root looks after the nodes of others, and has to name them. In a place that is another user's alone it cannot be anybody else who listens.
        if (!isOwn && !(me == UnixSystem.Root && directory.Owner == user && (directory.Mode & OthersWrite) == UnixFileMode.None))
            return ($"{Name(user)} listens at {file}, and not you.", "Ask as that user, or name the socket of another node with --control.");
        if (!hasKey)
            return null;
        if (!isOwn)
            return ($"{Name(user)} listens at {file}, and no key is handed to others.", "Ask as that user, or start a node of your own.");
        var isOpen = (directory.Mode & OthersWrite) != UnixFileMode.None || (directory.Owner is { } owner && owner != me && owner != UnixSystem.Root);
        return isOpen
            ? ($"no key is handed over at {file}: others may write to its directory.", "Give the node a control socket in a directory of its user alone, with --control.")
            : null;
    }

    private static string Name(uint user) => user == UnixSystem.Root ? "root" : string.Create(CultureInfo.InvariantCulture, $"user {user}");
}
