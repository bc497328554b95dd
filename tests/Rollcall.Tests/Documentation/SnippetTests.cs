using System.Net.Sockets;
using System.Text.RegularExpressions;
using Rollcall.Gossip;
using Rollcall.TestKit;

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

    [Fact]
    public async Task The_example_of_gossip_joins_as_it_stands()
    {
        var options = GossipOptions.Lan();
        (options.Name, options.Serf) = ("web-1", true);
        await using var first = new GossipNode(options);
        try
        {
            await first.StartAsync();
        }
        catch (SocketException)
        {
            Assert.Skip("Its port is somebody else's here.");
        }

        using var ending = new CancellationTokenSource();
        var running = Snippets.GossipAsync(ending.Token);
        await Eventually.True(() => first.Membership.Members.Any(static member => member.Name == "orders-1" && member.IsLive && member.ReadTags()["role"] == "orders"));
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(running));
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
