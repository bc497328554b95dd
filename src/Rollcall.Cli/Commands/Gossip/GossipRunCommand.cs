using System.CommandLine;
using System.Net;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Gossip;
using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Commands.Gossip;

/// <summary><c>rollcall gossip run</c>: a member of a cluster.</summary>
internal sealed class GossipRunCommand
{
    private readonly Option<string?> _name = new("--name") { Description = "What it is called, unique in the cluster. Default: the machine's name.", HelpName = "NAME" };

    private readonly Option<IPEndPoint?> _bind = GossipInputs.Address(
        "--bind", "Where to listen, UDP and TCP; port 0 takes a free one. Default: 127.0.0.1:7946. Other addresses need --keyring or --allow-anyone.");

    private readonly Option<IPEndPoint?> _advertise = GossipInputs.Address("--advertise", "What others are told to reach it by. Default: where it listens.", defaultPort: 0);

    private readonly Option<string[]> _join = new("--join")
    {
        Description = "Any member of the cluster, HOST, HOST:PORT or [IPV6]:PORT; tried until one answers. Repeatable. Default: a cluster of its own.",
        HelpName = "ADDRESS",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = static result => GossipInputs.ReadSeeds(result, "--join"),
    };

    private readonly Option<string?> _preset = new("--preset")
    {
        Description = "How far apart members are: local, lan or wan; the same for all of a cluster. Default: lan.",
        HelpName = "PRESET",
        CustomParser = static result =>
        {
            var preset = result.Tokens[0].Value;
            if (preset is not ("local" or "lan" or "wan"))
                result.AddError($"--preset: '{preset}' is none; there are local, lan and wan.");
            return preset;
        },
    };

    private readonly Option<Dictionary<string, string>?> _tags = RepeatedInputs.Labels("--tag", "What is told to all of it; 512 bytes in all. Repeatable.");

    private readonly Option<string?> _keyring = new("--keyring")
    {
        Description = "The keys of the cluster, a file as Serf has it: a JSON array of base64, the one that encrypts first. Default: nothing is encrypted.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _label = new("--label")
    {
        Description = "A name in front of every packet, so that two clusters do not become one by mistake. Serf agents up to 0.9 understand none.",
        HelpName = "LABEL",
    };

    private readonly Option<bool> _anyone = new("--allow-anyone") { Description = "Listen beyond this machine although whoever reaches it can join." };
    private readonly Option<string?> _control = GossipInputs.Control();

    public static Command Create(CommandContext context)
    {
        var inputs = new GossipRunCommand();
        var command = new CliCommand("run", "Runs a member of a gossip cluster until Ctrl-C or SIGTERM.")
        {
            Details = "Finds out who else is there and who is not any more, as Serf agents do and together with them. On Ctrl-C or SIGTERM it leaves\n"
                + "the cluster, so that nobody takes it for failed, and exits with 0; a second signal ends it at once, with 130; signals within 0.2 s\n"
                + "of each other are one. The other commands ask it over its control socket, which only the user who started it can reach.",
            Examples =
            [
                new("A cluster of one, which others may join", "rollcall gossip run --name a"),
                new("A second member on the same machine", "rollcall gossip run --name b --bind 127.0.0.1:7947 --join 127.0.0.1 --control /tmp/b.sock"),
                new("Reached from other machines, encrypted", "rollcall gossip run --bind 10.0.0.5 --join 10.0.0.6 --join 10.0.0.7 --keyring /etc/rollcall/keyring.json --tag zone=a"),
            ],
        };
        Option[] options =
        [
            inputs._name, inputs._bind, inputs._advertise, inputs._join, inputs._preset, inputs._tags, inputs._keyring, inputs._label, inputs._anyone, inputs._control,
        ];
        foreach (var option in options)
            command.Add(option);
        return context.Bind(command, (invocation, _) => inputs.RunAsync(context, invocation));
    }

    private Task<int> RunAsync(CommandContext context, Invocation invocation)
    {
        var parse = invocation.Parse;
        if (parse.GetResult(context.Globals.Node) is { Implicit: false })
            throw UsageErrors.Fault(parse.CommandResult.Command, "gossip run asks no node; --name says what this one is called, --join whom it joins");
        var (bind, advertise) = (parse.GetValue(_bind), parse.GetValue(_advertise));
        if (advertise is not null && (advertise.Address.Equals(IPAddress.Any) || advertise.Address.Equals(IPAddress.IPv6Any)))
            throw UsageErrors.Fault(parse.CommandResult.Command, $"--advertise: {advertise.Address} is no address that others can reach");
        if (bind is { Port: 0 } && advertise is { Port: > 0 })
            throw UsageErrors.Fault(parse.CommandResult.Command, "--advertise names a port, and --bind takes any; name it in both");
        return GossipRun.RunAsync(
            new()
            {
                Name = parse.GetValue(_name),
                Bind = bind,
                Advertise = advertise,
                Seeds = parse.GetValue(_join) ?? [],
                Preset = parse.GetValue(_preset),
                Tags = parse.GetValue(_tags) ?? [],
                Keyring = parse.GetValue(_keyring),
                Label = parse.GetValue(_label),
                AllowAnyone = parse.GetValue(_anyone),
                Control = ControlPath.Of(parse.GetValue(_control), invocation.Environment.Variable),
            },
            invocation.Environment);
    }
}
