using System.CommandLine;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Commands;

/// <summary><c>rollcall serve</c>: runs a node.</summary>
internal static class ServeCommand
{
    public static Command Create(CommandContext context)
    {
        var urls = new Option<string[]>("--urls")
        {
            Description = "Where to listen; several are separated by commas. Default: http://127.0.0.1:7655.",
            HelpName = "URL",
            Arity = ArgumentArity.OneOrMore,
        };
        var data = new Option<string?>("--data") { Description = $"Where the journal is kept. Default: ${ServeSettings.DataVariable}, else ./data.", HelpName = "DIR" };
        var config = new Option<string?>("--config") { Description = "Settings as YAML or JSON (docs/operations.md); options given here win.", HelpName = "FILE" };
        var durability = new Option<string?>("--durability")
        {
            Description = "fsync: a write is on the disk before it is acknowledged. interval: within a second. memory: never. Default: fsync.",
            HelpName = "KIND",
            CustomParser = static result =>
            {
                var kind = result.Tokens[0].Value;
                if (kind is not ("fsync" or "interval" or "memory"))
                    result.AddError($"--durability: '{kind}' is none; there are fsync, interval and memory.");
                return kind;
            },
        };
        var anyone = new Option<bool>("--allow-anyone") { Description = "Listen beyond this machine although anybody who reaches the node may change what it holds." };
        var gateway = new Option<string[]>("--gateway")
        {
            Description = "Runs a gateway as well and says where it listens: http://, https:// or h2c:// (HTTP/2 in the clear); several are separated by commas. Needs --routes.",
            HelpName = "URL",
            Arity = ArgumentArity.OneOrMore,
        };
        var routes = new Option<string?>("--routes") { Description = "The gateway's routes as YAML or JSON (docs/gateway.md); read again when they change.", HelpName = "FILE" };
        var command = new CliCommand("serve", "Runs a node until Ctrl-C or SIGTERM.")
        {
            Details = "Says where it listens once it is ready, and otherwise only what an operator has to know. On Ctrl-C or SIGTERM it finishes\n"
                + "requests, tells watchers and exits with 0; a second signal ends it at once.",
            Examples =
            [
                new("A node for this machine, its data in ./data", "rollcall serve"),
                new("Another directory and port", "rollcall serve --data /var/lib/rollcall --urls http://127.0.0.1:8655"),
                new("For a test: nothing on disk, any free port", "rollcall serve --durability memory --urls http://127.0.0.1:0"),
                new("Reachable from other machines", "rollcall serve --urls http://0.0.0.0:7655 --allow-anyone"),
                new("With a gateway", "rollcall serve --gateway http://127.0.0.1:7680 --routes routes.yaml"),
            ],
        };
        command.Add(urls);
        command.Add(data);
        command.Add(config);
        command.Add(durability);
        command.Add(anyone);
        command.Add(gateway);
        command.Add(routes);
        return context.Bind(command, (invocation, cancellationToken) =>
        {
            var parse = invocation.Parse;
            if (parse.GetResult(context.Globals.Node) is { Implicit: false })
                throw UsageErrors.Fault(command, "serve runs a node, it asks none; --urls says where it listens");
            var settings = new ServeSettings
            {
                Urls = UrlsOf(parse, urls),
                Gateway = UrlsOf(parse, gateway),
                Routes = parse.GetValue(routes),
                Data = parse.GetValue(data) ?? invocation.Environment.Variable(ServeSettings.DataVariable) switch
                {
                    "" => null,
                    var directory => directory,
                },
                ConfigFile = parse.GetValue(config),
                Durability = parse.GetValue(durability),
                AllowAnyone = parse.GetValue(anyone),
            };
            if (settings.Gateway is null != settings.Routes is null)
                throw UsageErrors.Fault(command, settings.Routes is null ? "--gateway needs --routes" : "--routes needs --gateway");

            // Nothing above this line names a type of the node: commands that only ask one must not load a web server.
            return NodeRun.RunAsync(settings, invocation.Environment, cancellationToken);
        });
    }

    // An option that is not given has an empty list as its value, which would mean to listen nowhere.
    private static string[]? UrlsOf(ParseResult parse, Option<string[]> option) => parse.GetResult(option) is null
        ? null
        : [.. parse.GetRequiredValue(option).SelectMany(static url => url.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
}
