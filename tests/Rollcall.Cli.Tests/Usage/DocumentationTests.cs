using System.CommandLine;
using System.Text;
using Rollcall.Cli.Commands;
using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Tests.Usage;

/// <summary>
/// docs/cli.md shows the help of every command word for word. To renew it: run the tests with ROLLCALL_ACCEPT_DOCS=1 and commit the file.
/// </summary>
public sealed class DocumentationTests
{
    private const string Marker = "<!-- What follows is the help of each command, written by a test. -->\n";

    [Fact]
    public void The_document_holds_the_help_of_every_command()
    {
        var file = Path.Combine(RepositoryRoot(), "docs", "cli.md");
        var text = File.ReadAllText(file);
        var at = text.IndexOf(Marker, StringComparison.Ordinal) + Marker.Length;
        Assert.True(at >= Marker.Length, "docs/cli.md has lost the marker before the help.");
        var expected = text[..at] + Reference();
        if (Environment.GetEnvironmentVariable("ROLLCALL_ACCEPT_DOCS") == "1")
            File.WriteAllText(file, expected);
        Assert.Equal(expected, File.ReadAllText(file));
    }

    [Fact]
    public void Every_command_has_an_example_that_parses()
    {
        using var run = new CliRun();
        var root = RollcallCommand.Build(run.Environment());
        Assert.All(root.Subcommands.Prepend(root), static command => Assert.NotEmpty(Assert.IsAssignableFrom<IHasExamples>(command).Examples));
        foreach (var command in Leaves(root))
        {
            var examples = Assert.IsType<CliCommand>(command).Examples;
            Assert.NotEmpty(examples);
            foreach (var example in examples)
            {
                var line = example.CommandLine.Split(" | ")[0].Split(" && ")[0].Split(" < ")[0].TrimEnd('&', ' ');
                Assert.StartsWith("rollcall ", line, StringComparison.Ordinal);
                var words = line.Split(' ')[1..];
                var parse = root.Parse(words, new ParserConfiguration { ResponseFileTokenReplacer = null });
                Assert.True(UsageErrors.Find(parse) is null, $"{line}: {UsageErrors.Find(parse)?.Message}");
                Assert.Same(command, parse.CommandResult.Command);
            }
        }
    }

    private static string Reference()
    {
        using var run = new CliRun();
        var text = new StringBuilder();
        foreach (var command in Leaves(RollcallCommand.Build(run.Environment())))
        {
            using var help = new StringWriter { NewLine = "\n" };
            HelpPage.Write(command, help);
            text.Append($"\n## {UsageErrors.PathOf(command)}\n\n```text\n{help}```\n");
        }

        return text.ToString();
    }

    private static IEnumerable<Command> Leaves(Command command) =>
        command.Subcommands.Count == 0 ? [command] : command.Subcommands.SelectMany(Leaves);

    private static string RepositoryRoot()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Rollcall.slnx")))
            directory = Path.GetDirectoryName(directory) ?? throw new DirectoryNotFoundException("No Rollcall.slnx above the tests.");
        return directory;
    }
}
