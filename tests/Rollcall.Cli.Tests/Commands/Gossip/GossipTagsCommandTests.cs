using Rollcall.Cli.Tests.Gossip;
using Rollcall.TestKit;

namespace Rollcall.Cli.Tests.Commands.Gossip;

public sealed class GossipTagsCommandTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rollcall-gossip-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Tags_are_set_and_taken_away_and_the_others_see_it()
    {
        await using var a = await RunningGossip.StartAsync(_directory, "a", "--tag", "zone=a", "--tag", "canary=1");
        await using var b = await RunningGossip.StartAsync(_directory, "b", "--join", a.Address);
        Assert.Equal((0, "TAG     VALUE\ncanary  1\nzone    a\n", ""), await a.AskAsync("tags"));
        Assert.Equal((0, "TAG      VALUE\nversion  v=2\nzone     b\n", ""), await a.AskAsync("tags", "version=v=2", "zone=b", "--delete", "canary"));
        await a.SeesAsync("version=v=2,zone=b");
        await b.SeesAsync("version=v=2,zone=b");
        Assert.Equal((0, "", "a has no tags.\n"), await a.AskAsync("tags", "--delete", "version", "--delete", "zone"));
        await Eventually.True(async () => !(await b.AskAsync("members")).Out.Contains("zone", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Json_has_the_node_and_its_tags()
    {
        await using var a = await RunningGossip.StartAsync(_directory, "a", "--tag", "zone=a");
        Assert.Equal((0, "{\n  \"node\": \"a\",\n  \"tags\": {\n    \"zone\": \"a\"\n  }\n}\n", ""), await a.AskAsync("tags", "-o", "json"));
    }

    [Fact]
    public async Task Too_long_tags_are_refused_and_nothing_changes()
    {
        await using var a = await RunningGossip.StartAsync(_directory, "a", "--tag", "zone=a");
        Assert.Equal((2, "", "error: the tags take more than 512 bytes, with up to 6 around each and 4 around all.\n"), await a.AskAsync("tags", $"note={new string('x', 600)}"));
        Assert.Equal("TAG   VALUE\nzone  a\n", (await a.AskAsync("tags")).Out);
    }

    [Theory]
    [InlineData("zone", "'zone' is not a key and a value, such as version=v2")]
    [InlineData("=a", "'=a' is not a key and a value, such as version=v2")]
    [InlineData("a=1 a=2", "a is given twice; give it once")]
    public async Task What_is_no_tag_is_wrong_usage(string tags, string text)
    {
        using var run = new CliRun();
        Assert.Equal(2, await run.RunAsync($"gossip tags {tags}"));
        Assert.Equal($"error: {text}.\nSee 'rollcall gossip tags --help'.\n", run.Error);
    }
}
