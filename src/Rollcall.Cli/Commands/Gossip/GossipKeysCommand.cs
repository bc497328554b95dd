using System.CommandLine;
using System.Globalization;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Gossip;
using Rollcall.Cli.Output;
using Rollcall.Cli.Usage;
using Rollcall.Gossip;

namespace Rollcall.Cli.Commands.Gossip;

/// <summary><c>rollcall gossip keys</c>: the keys of the whole cluster.</summary>
internal static class GossipKeysCommand
{
    // Members have as long as Serf gives them, which grows with the cluster.
    private static readonly TimeSpan QueryLimit = TimeSpan.FromMinutes(2);

    public static Command Create(CommandContext context) => new CliCommand("keys", "Looks after the keys of the whole cluster.")
    {
        Details = "A key is rotated in three steps: add the new one, use it, remove the old one. Go on when all members have answered; each keeps\n"
            + "what it was told in its keyring file.",
        Examples =
        [
            new("A new key, which no list of processes shows", "(umask 077; rollcall gossip keys generate > new.key) && rollcall gossip keys add - < new.key"),
            new("Who has which", "rollcall gossip keys list"),
        ],
        Subcommands =
        {
            CreateGenerate(context),
            CreateList(context),
            CreateChange(context, "add", "Has all members accept a key.", "The first step of a rotation.", ControlRequest.AddKey, "accept it"),
            CreateChange(context, "use", "Has all members send with a key that they accept.", "The second step of a rotation; a member that lacks the key understands nobody from then on.", ControlRequest.UseKey, "send with it"),
            CreateChange(context, "remove", "Has no member accept a key any more.", "The last step of a rotation.", ControlRequest.RemoveKey, "do not accept it any more"),
        },
    };

    private static CliCommand CreateGenerate(CommandContext context) => context.Bind(
        new CliCommand("generate", "Prints a new key, and tells nobody.")
        {
            Details = "32 bytes from the system's generator in base64, as 'serf keygen' prints them.",
            Examples = [new("A keyring with one key, for its owner alone", "rollcall gossip keys generate | (umask 077; sed 's/.*/[\"&\"]/' > keyring.json)")],
        },
        static (invocation, _) =>
        {
            invocation.Environment.Out.WriteLine(GossipKey.Generate().ToBase64());
            return Task.FromResult(ExitCode.Ok);
        });

    private static CliCommand CreateList(CommandContext context)
    {
        var control = GossipInputs.Control();
        var command = new CliCommand("list", "Lists the keys of the cluster and how many members have each.")
        {
            Details = "ACCEPT is how many understand what is encrypted with it, SEND how many encrypt with it; agents up to 0.9 do not say that.",
            Heeds = [context.Globals.Output],
            Examples = [new("Has a new key come to all", "rollcall gossip keys list")],
        };
        command.Add(control);
        return context.Bind(command, async (invocation, cancellationToken) =>
        {
            var keys = await AskAsync(invocation, control, new() { Command = ControlRequest.ListKeys }, cancellationToken);
            if (invocation.Format == OutputFormat.Json)
            {
                invocation.PrintJson(keys, ControlText.Indented.KeysDocument);
            }
            else
            {
                var table = new Table("KEY", "ACCEPT", "SEND");
                foreach (var (key, members) in keys.Keys.OrderByDescending(static key => key.Value).ThenBy(static key => key.Key, StringComparer.Ordinal))
                    table.Add(key, Of(members, keys), keys.PrimaryKeys.GetValueOrDefault(key));
                invocation.Print(table);
            }

            return Judge(invocation, keys, "have said");
        });
    }

    private static CliCommand CreateChange(CommandContext context, string name, string description, string details, string request, string done)
    {
        var control = GossipInputs.Control();
        var key = new Argument<string>("KEY") { Description = "16, 24 or 32 bytes in base64; - reads it from standard input, where no list of processes shows it." };
        var command = new CliCommand(name, description)
        {
            Details = $"{details} Exits with 1 unless all members have done it.",
            Heeds = [context.Globals.Output],
            Examples = [new(details[..details.IndexOf(" of a", StringComparison.Ordinal)], $"rollcall gossip keys {name} - < {(name == "remove" ? "old" : "new")}.key")],
        };
        command.Add(key);
        command.Add(control);
        return context.Bind(command, async (invocation, cancellationToken) =>
        {
            var text = invocation.Parse.GetRequiredValue(key);
            var isRead = text == "-";
            if (isRead)
                text = await ReadAsync(invocation.Environment.In, cancellationToken);
            if (!GossipKey.TryParse(text, out _))
                throw UsageErrors.Fault(command, $"{(isRead ? "what came by standard input is no key, which is" : "KEY is")} 16, 24 or 32 bytes in base64; 'rollcall gossip keys generate' prints one");
            var keys = await AskAsync(invocation, control, new() { Command = request, Key = text }, cancellationToken);
            if (invocation.Format == OutputFormat.Json)
                invocation.PrintJson(keys, ControlText.Indented.KeysDocument);
            else
                invocation.Environment.Out.WriteLine($"{Of(keys.Answers - keys.Failures.Count, keys)} members {done}");
            return Judge(invocation, keys, "have done it");
        });
    }

    // One line, and a key is shorter than that in any case; who sends more sends something else. A terminal does not see that the wait for it is over.
    private static async Task<string> ReadAsync(TextReader input, CancellationToken cancellationToken)
    {
        var text = new char[256];
        var length = 0;
        while (length < text.Length && !text.AsSpan(0, length).Contains('\n')
            && await input.ReadAsync(text.AsMemory(length), cancellationToken).AsTask().WaitAsync(cancellationToken) is > 0 and var read)
            length += read;
        return new string(text, 0, length).Trim();
    }

    private static async Task<KeysDocument> AskAsync(Invocation invocation, Option<string?> control, ControlRequest request, CancellationToken cancellationToken) =>
        (await GossipInputs.Client(invocation, control).AskOnceAsync(request, QueryLimit, cancellationToken)).Keys
            ?? throw new CliException(ExitCode.Failed, "the node has said nothing of keys.", "Perhaps it is of another version than this program.");

    private static string Of(int members, KeysDocument keys) => string.Create(CultureInfo.InvariantCulture, $"{members}/{keys.Members}");

    private static int Judge(Invocation invocation, KeysDocument keys, string what)
    {
        foreach (var (member, words) in keys.Failures.OrderBy(static failure => failure.Key, StringComparer.Ordinal))
            invocation.Note($"{member}: {words}");
        if (keys.Silent.Count > 0)
            invocation.Note($"No answer from {string.Join(", ", keys.Silent)}.");
        return keys.IsComplete
            ? ExitCode.Ok
            : throw new CliException(ExitCode.Failed, $"not all members {what}.", "Do it again when they can; a rotation must not go on before.");
    }
}
