using System.CommandLine;
using System.Globalization;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Gossip;
using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Commands.Gossip;

/// <summary><c>rollcall gossip join</c>: the node joins a cluster.</summary>
internal static class GossipJoinCommand
{
    public static Command Create(CommandContext context)
    {
        var control = GossipInputs.Control();
        var addresses = new Argument<string[]>("ADDRESS")
        {
            Description = "Any members of the cluster, HOST, HOST:PORT or [IPV6]:PORT; several may be given.",
            Arity = ArgumentArity.OneOrMore,
            CustomParser = static result => GossipInputs.ReadSeeds(result, "ADDRESS"),
        };
        var command = new CliCommand("join", "Lets the node join a cluster by the addresses of any of its members.")
        {
            Details = "Two clusters become one by it. Each address is tried once; fails when none of them answers.",
            Examples = [new("By two that are likely to be there", "rollcall gossip join 10.0.0.6 10.0.0.7:7946")],
        };
        command.Add(addresses);
        command.Add(control);
        return context.Bind(command, async (invocation, cancellationToken) =>
        {
            var answer = await GossipInputs.Client(invocation, control).AskOnceAsync(
                new() { Command = ControlRequest.Join, Addresses = invocation.Parse.GetRequiredValue(addresses) },
                ControlHandler.JoinLimit + ControlClient.AnswerLimit,
                cancellationToken);
            invocation.Environment.Out.WriteLine(answer.Joined == 0
                ? "Nothing to join: that is the node itself"
                : string.Create(CultureInfo.InvariantCulture, $"Joined by {answer.Joined} {(answer.Joined == 1 ? "address" : "addresses")}; the cluster has {answer.Live} members"));
            foreach (var (address, why) in (answer.Failures ?? new Dictionary<string, string>(StringComparer.Ordinal)).OrderBy(static failure => failure.Key, StringComparer.Ordinal))
                invocation.Note($"{address}: {why}");
            return ExitCode.Ok;
        });
    }
}
