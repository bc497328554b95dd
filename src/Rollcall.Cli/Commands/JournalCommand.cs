using System.CommandLine;
using System.Globalization;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Output;
using Rollcall.Cli.Usage;
using Rollcall.Registry.Journaling;

namespace Rollcall.Cli.Commands;

/// <summary><c>rollcall journal</c>: looks after the journal of a node that will not start.</summary>
internal static class JournalCommand
{
    public static Command Create(CommandContext context) => new CliCommand("journal", "Checks and repairs the journal of a node.")
    {
        Examples =
        [
            new("Is it whole", "rollcall journal verify ./data"),
            new("After a node refused to start", "rollcall journal repair ./data"),
        ],
        Subcommands = { CreateVerify(context), CreateRepair(context) },
    };

    private static CliCommand CreateVerify(CommandContext context)
    {
        var directory = DirectoryArgument();
        var command = new CliCommand("verify", "Checks every byte of a journal and changes nothing.")
        {
            Details = "Works beside a running node. Exits with 1 when something is damaged, with 3 when there is no journal.",
            Heeds = [context.Globals.Output],
            Examples = [new("Is it whole", "rollcall journal verify ./data")],
        };
        command.Add(directory);
        return context.Bind(command, async (invocation, cancellationToken) =>
        {
            var found = await FindAsync(() => JournalVerifier.VerifyAsync(invocation.Parse.GetRequiredValue(directory), cancellationToken));
            return ShowVerification(invocation, found);
        });
    }

    private static CliCommand CreateRepair(CommandContext context)
    {
        var directory = DirectoryArgument();
        var command = new CliCommand("repair", "Makes a damaged journal one that a node starts from.")
        {
            Details = "Keeps every record that is sound, says what is lost, and copies the originals aside first. The node must be stopped.\n"
                + "A journal that is sound is left as it is.",
            Heeds = [context.Globals.Output],
            Examples = [new("After a node refused to start", "rollcall journal repair ./data")],
        };
        command.Add(directory);
        return context.Bind(command, async (invocation, cancellationToken) =>
        {
            var result = await FindAsync(() =>
                JournalRepair.RepairAsync(invocation.Parse.GetRequiredValue(directory), invocation.Environment.Time, cancellationToken));
            ShowRepair(invocation, result);
            return ExitCode.Ok;
        });
    }

    private static Argument<string> DirectoryArgument() => new("DIR") { Description = "The node's data directory." };

    private static async Task<T> FindAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (IOException error) when (error is DirectoryNotFoundException or FileNotFoundException)
        {
            throw new CliException(ExitCode.NotFound, error.Message, "Name the directory that 'rollcall serve' says its data is in.");
        }
    }

    private static int ShowVerification(Invocation invocation, JournalVerification found)
    {
        var code = found.IsSound ? ExitCode.Ok : ExitCode.Failed;
        if (invocation.Format == OutputFormat.Json)
        {
            invocation.PrintJson(found, JsonText.Own.JournalVerification);
            return code;
        }

        invocation.Print(Files(found));
        if (found.TornTail is { } torn)
            invocation.Note(Text($"{torn.File}: an unfinished write of {torn.Bytes} bytes at {torn.Offset}{(found.InUse ? ", perhaps one under way" : "; the next start cuts it")}."));
        foreach (var damage in found.Damage)
            invocation.Note(Text($"{damage.File}, offset {damage.Offset}: {damage.Problem}."));
        if (found.IsSound)
        {
            invocation.Environment.Out.WriteLine($"{found.Directory} is sound");
            return code;
        }

        throw new CliException(
            code,
            found.Blocker is null ? $"{found.Directory} is damaged, but a node starts from it." : $"{found.Directory} is damaged; no node starts from it.",
            $"Stop the node, then run 'rollcall journal repair {found.Directory}'.");
    }

    private static Table Files(JournalVerification found)
    {
        var table = new Table("FILE", "KIND", "SIZE", "RECORDS", "REVISIONS", "FROM", "TO", "DAMAGED");
        foreach (var file in found.Files)
        {
            table.Add(
                Path.GetFileName(file.File),
                file.Kind == JournalFileKind.Segment ? "segment" : "snapshot",
                SizeText.Format(file.Bytes),
                file.Records,
                Range(file.FirstRevision, file.LastRevision),
                file.FirstTime is { } from ? TimeText.Format(from) : null,
                file.LastTime is { } to ? TimeText.Format(to) : null,
                file.Damage.Count == 0 ? new("no", Tone.Good) : new("yes", Tone.Bad));
        }

        return table;
    }

    private static void ShowRepair(Invocation invocation, JournalRepairResult result)
    {
        if (invocation.Format == OutputFormat.Json)
        {
            invocation.PrintJson(result, JsonText.Own.JournalRepairResult);
            return;
        }

        var holds = Text($"revision {result.LastRevision}, {result.Instances} {(result.Instances == 1 ? "instance" : "instances")}");
        if (result.Backup is null)
        {
            invocation.Environment.Out.WriteLine($"{result.Directory} is sound, nothing was changed: {holds}");
            return;
        }

        if (result.Losses.Count > 0)
        {
            var table = new Table("FILE", "OFFSET", "BYTES", "REVISIONS", "PROBLEM");
            foreach (var loss in result.Losses)
                table.Add(Path.GetFileName(loss.File), loss.Offset, loss.Bytes, Range(loss.FirstRevision, loss.LastRevision), loss.Problem);
            invocation.Print(table);
        }

        invocation.Environment.Out.WriteLine(Text($"{result.Directory} repaired: {holds}; {result.RevisionsLost} {(result.RevisionsLost == 1 ? "revision" : "revisions")} lost"));
        invocation.Environment.Out.WriteLine($"The originals are in {result.Backup}; a node can start now");
    }

    private static string? Range(long? first, long? last) =>
        first is null ? null : first == last ? Text($"{first}") : Text($"{first}-{last}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
