using System.CommandLine;
using System.CommandLine.Parsing;
using Rollcall.Api;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Usage;
using Rollcall.Registration;

namespace Rollcall.Cli.Commands;

/// <summary><c>rollcall register</c>: announces an instance for as long as something runs.</summary>
internal sealed class RegisterCommand
{
    private static readonly TimeSpan MaxDrain = TimeSpan.FromMinutes(10);

    private readonly Argument<string> _service = Inputs.Service();
    private readonly Argument<string[]> _program = new("CMD") { Arity = ArgumentArity.ZeroOrMore, Hidden = true };
    private readonly Option<Dictionary<string, int>?> _ports = RepeatedInputs.Ports("--port", "One more port, by name. Repeatable.");
    private readonly Option<List<CheckDocument>?> _checks = RepeatedInputs.Checks(
        "--check", "http://… or tcp://HOST:PORT that the node asks; not ready until the first pass. Repeatable.");

    private readonly Option<Dictionary<string, string>?> _labels = RepeatedInputs.Labels("--meta", "A label that filters can read. Repeatable.");
    private readonly Option<TimeSpan?> _ttl = Inputs.Duration(
        "--ttl", "How long the registration outlives a killed rollcall, 1s to 24h. Default: 10s.", TimeSpan.FromSeconds(1), TimeSpan.FromHours(24));

    private readonly Option<TimeSpan?> _drainTimeout = Inputs.Duration(
        "--drain-timeout", "How long to wait for the watchers when stopping, 0s to 10m. Default: 10s.", TimeSpan.Zero, MaxDrain);

    private readonly Option<int?> _weight = Inputs.Number("--weight", "N", "Share of traffic beside its siblings, 0 to 100. Default: 100.", 0, 100);
    private readonly Option<string?> _owner = Inputs.Owner("A secret without which nobody else can change or remove it. Default: $ROLLCALL_OWNER, else anybody can.");

    private readonly Option<HostPort?> _address = new("--address")
    {
        Description = "Where others reach it; the port is named http. IPv6 as [::1]:8080.",
        HelpName = "HOST:PORT",
        Required = true,
        CustomParser = static result =>
        {
            if (HostPort.TryParse(result.Tokens[0].Value, out var address))
                return address;
            result.AddError($"--address: '{result.Tokens[0].Value}' is no address. Write it like 10.0.0.5:8080.");
            return null;
        },
    };

    private readonly Option<string?> _id = new("--id")
    {
        Description = "Its id inside the service. Default: made of service, host and port.",
        HelpName = "ID",
        CustomParser = static result => Inputs.Id(result, "--id"),
    };

    private readonly Option<string?> _zone = new("--zone")
    {
        Description = "The failure domain it runs in.",
        HelpName = "ZONE",
        CustomParser = static result => Inputs.Label(result, "--zone"),
    };

    public static Command Create(CommandContext context)
    {
        var inputs = new RegisterCommand();
        var command = new CliCommand("register", "Registers an instance and keeps it registered while CMD, or rollcall itself, runs.")
        {
            Details = "On Ctrl-C or SIGTERM the instance is drained first: CMD keeps running until every watcher has stopped sending to it, or the\n"
                + "time is over. Then CMD gets the signal, the instance is deregistered, and rollcall exits with CMD's exit code (128+n when\n"
                + "a signal ended it). A second signal cuts the drain short. When CMD ends by itself the instance is deregistered at once.\n"
                + "On a terminal CMD runs in a session of its own, so that Ctrl-C does not stop it before the drain.",
            Tail = "[-- CMD ...]",
            Heeds = [context.Globals.Node],
            Examples =
            [
                new("A program, for as long as it runs", "rollcall register orders --address 10.0.0.5:8080 --check http://10.0.0.5:8080/health -- ./orders"),
                new("Something that runs already, until Ctrl-C", "rollcall register db --address 10.0.0.7:5432 --check tcp://10.0.0.7:5432 --zone a"),
                new("Two ports and a label", "rollcall register orders --address 10.0.0.5:8080 --port admin=8081 --meta version=v2"),
            ],
        };
        command.Add(inputs._service);
        command.Add(inputs._program);
        Option[] options =
        [
            inputs._address, inputs._id, inputs._ports, inputs._ttl, inputs._checks, inputs._labels, inputs._weight, inputs._zone, inputs._owner,
            inputs._drainTimeout,
        ];
        foreach (var option in options)
            command.Add(option);
        return context.Bind(command, inputs.RunAsync);
    }

    private Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var parse = invocation.Parse;
        var run = new KeptRegistration(invocation.Environment, invocation.Nodes)
        {
            Announcement = Read(parse),
            Owner = invocation.Owner(_owner),
            DrainTimeout = parse.GetValue(_drainTimeout) ?? TimeSpan.FromSeconds(10),
        };
        return run.RunAsync(ReadProgram(parse), cancellationToken);
    }

    private Announcement Read(ParseResult parse)
    {
        var service = parse.GetRequiredValue(_service);
        var address = parse.GetValue(_address)!.Value;
        var ports = new Dictionary<string, int>(parse.GetValue(_ports) ?? [], StringComparer.Ordinal);
        if (address.Port is { } port && !ports.TryAdd(Endpoint.DefaultPortName, port))
            throw UsageErrors.Fault(parse.CommandResult.Command, $"--address and --port both name the port {Endpoint.DefaultPortName}; leave one out");
        if (ports.Count == 0)
            throw UsageErrors.Fault(parse.CommandResult.Command, $"no port is named; write --address {address.Host}:8080, or --port NAME=N");
        return new Announcement(service, parse.GetValue(_id) ?? InstanceId.Of(service, address.Host, address.Port ?? ports.Values.First()), address.Host)
        {
            Ports = ports,
            Ttl = parse.GetValue(_ttl) ?? Announcement.DefaultTtl,
            Checks = parse.GetValue(_checks) ?? [],
            Metadata = parse.GetValue(_labels) ?? [],
            Weight = parse.GetValue(_weight) ?? Endpoint.DefaultWeight,
            Zone = parse.GetValue(_zone),
        };
    }

    // Without the two hyphens an option of the program could be taken for one of ours, or the other way round.
    private string[] ReadProgram(ParseResult parse)
    {
        var program = parse.GetValue(_program) ?? [];
        var behind = parse.Tokens.SkipWhile(static token => token.Type != TokenType.DoubleDash).Skip(1).Count();
        return program.Length <= behind
            ? program
            : throw UsageErrors.Fault(parse.CommandResult.Command, $"unexpected argument '{program[0]}'; a program to run stands behind --");
    }
}
