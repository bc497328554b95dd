using System.Text.RegularExpressions;

namespace Rollcall.Tests.Documentation;

/// <summary>Code in the documents is compiled: every block of C# stands in <see cref="Snippets"/> as well.</summary>
public sealed partial class SnippetTests
{
    [Fact]
    public void Every_block_of_CSharp_is_compiled()
    {
        var root = Root();
        var compiled = Trimmed(File.ReadAllText(Path.Combine(root, "tests/Rollcall.Tests/Documentation/Snippets.cs")));
        string[] documents = [Path.Combine(root, "README.md"), .. Directory.EnumerateFiles(Path.Combine(root, "docs"), "*.md")];

        var blocks = documents.SelectMany(static file => Block().Matches(File.ReadAllText(file))
            .Select(match => (File: Path.GetFileName(file), Text: Trimmed(match.Groups["code"].Value)))).ToArray();

        Assert.True(blocks.Length >= 5);
        Assert.All(blocks, block => Assert.True(compiled.Contains(block.Text, StringComparison.Ordinal), $"{block.File} has C# that stands not in Snippets.cs:\n{block.Text}"));
    }

    private static string Trimmed(string text) =>
        string.Join('\n', text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Rollcall.slnx")))
            directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException("The repository's root was not found above the tests.");
    }

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Block();
}
