using System.CommandLine;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Commands.Gossip;

/// <summary><c>rollcall gossip</c>: a member of a cluster, and questions to it.</summary>
internal static class GossipCommand
{
    public static Command Create(CommandContext context) => new CliCommand("gossip", "Runs a member of a gossip cluster, beside Serf agents or without, and asks it.")
    {
        Examples =
        [
            new("A cluster of one", "rollcall gossip run"),
            new("A second member of it on this machine", "rollcall gossip run --name b --bind 127.0.0.1:7947 --join 127.0.0.1 --control /tmp/b.sock"),
            new("Who is there", "rollcall gossip members"),
        ],
        Subcommands =
        {
            GossipRunCommand.Create(context),
            GossipMembersCommand.Create(context),
            GossipJoinCommand.Create(context),
            GossipLeaveCommand.Create(context),
            GossipTagsCommand.Create(context),
            GossipMonitorCommand.Create(context),
            GossipSendCommand.Create(context),
            GossipKeysCommand.Create(context),
        },
    };
}
