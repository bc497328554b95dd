using System.Text.Json;
using Rollcall.Cli.Tests.Gossip;
using Rollcall.Gossip;
using Rollcall.TestKit;

namespace Rollcall.Cli.Tests.Commands.Gossip;

public sealed class GossipKeysCommandTests : IDisposable
{
    private const string Old = "Gb5tFbK1oCdYWlxMLBsgy9o9mgB2lYG5RxDeqzQYmaI=";
    private const string Other = "AAECAwQFBgcICQoLDA0ODw==";
    private const string New = "T9jncgl9mbLus+baTTa7q7nPSUrXwbDi2dhbtqir37s=";
    private readonly string _directory = Directory.CreateTempSubdirectory("rollcall-gossip-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_key_is_rotated_in_three_steps_and_each_member_keeps_it()
    {
        await using var a = await StartAsync("a");
        await using var b = await StartAsync("b", "--join", a.Address);
        await a.SeesAsync("b");
        Assert.Equal((0, "2/2 members accept it\n", ""), await a.AskAsync("keys", "add", New));
        Assert.Equal([Old, New], Kept("b"));
        Assert.Equal((0, $"KEY                                           ACCEPT  SEND\n{Old}  2/2     2\n{New}  2/2     0\n", ""), await b.AskAsync("keys", "list"));
        Assert.Equal((0, "2/2 members send with it\n", ""), await b.AskAsync("keys", "use", New));
        Assert.Equal([New, Old], Kept("a"));
        Assert.Equal((0, "2/2 members do not accept it any more\n", ""), await a.AskAsync("keys", "remove", Old));
        Assert.Equal([New], Kept("a"));
        Assert.Equal([New], Kept("b"));
        Assert.Contains($"[6016] The keys have changed; {KeyringOf("b")} has 1\n", b.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(New, a.Log + b.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_kept_is_kept_where_the_log_cannot_say_so()
    {
        await using var a = await RunningGossip.StartWithoutLogAsync(_directory, "a", "--keyring", await MakeKeyringAsync("a"));
        Assert.Equal((0, "1/1 members accept it\n", ""), await a.AskAsync("keys", "add", New));
        Assert.Equal([Old, New], Kept("a"));
    }

    [Fact]
    public async Task A_member_that_cannot_keep_it_is_named()
    {
        await using var a = await StartAsync("a");
        await using var b = await StartAsync("b", "--join", a.Address);
        await a.SeesAsync("b");
        var (kept, away) = (Path.Combine(_directory, "b"), Path.Combine(_directory, "away"));
        Directory.Move(kept, away);
        var (code, text, error) = await a.AskAsync("keys", "add", New);
        Assert.Equal((1, "1/2 members accept it\n"), (code, text));
        Assert.StartsWith("b: ", error, StringComparison.Ordinal);
        Assert.EndsWith("error: not all members have done it.\nDo it again when they can; a rotation must not go on before.\n", error, StringComparison.Ordinal);
        Assert.Contains("fail: Rollcall.Cli.Gossip.GossipRun[6017]", b.Log, StringComparison.Ordinal);
        await Eventually.True(() => b.Log.Contains("[5018] a asked about keys (Add). The keys are changed, but could not be kept: ", StringComparison.Ordinal));
        Assert.DoesNotContain("refused", b.Log, StringComparison.Ordinal);

        // Nor is it reported as done when it is asked for once more, until it is.
        Assert.Equal(1, (await a.AskAsync("keys", "add", New)).Code);
        Directory.Move(away, kept);
        Assert.Equal([Old], Kept("b"));
        Assert.Equal((0, "2/2 members accept it\n", ""), await a.AskAsync("keys", "add", New));
        Assert.Equal([Old, New], Kept("b"));
    }

    [Theory]
    [InlineData("add", $"[\"{Old}\"]", new[] { Old, New })]
    [InlineData("use", $"[\"{New}\", \"{Old}\"]", new[] { Old, New })]
    [InlineData("remove", $"[\"{Old}\", \"{New}\", \"{Other}\"]", new[] { Old, New })]
    public async Task What_is_there_already_is_kept_where_the_file_says_otherwise(string change, string file, string[] kept)
    {
        await using var a = await StartAsync("a");
        Assert.Equal(0, (await a.AskAsync("keys", "add", New)).Code);
        await File.WriteAllTextAsync(KeyringOf("a"), file);
        Assert.Equal(0, (await a.AskAsync("keys", change, change switch { "add" => New, "use" => Old, _ => Other })).Code);
        Assert.Equal(kept, Kept("a"));
    }

    [Theory]
    [InlineData($"{New}\n")]
    [InlineData($"  {New}  ")]
    public async Task A_key_comes_by_standard_input_and_so_into_no_list_of_processes(string input)
    {
        await using var a = await StartAsync("a");
        using var run = new CliRun { Time = TimeProvider.System, In = new StringReader(input) };
        Assert.Equal(0, await run.RunAsync(["gossip", "keys", "add", "-", "--control", a.Socket]));
        Assert.Equal([Old, New], Kept("a"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("secret\n")]
    public async Task What_comes_by_standard_input_and_is_no_key_is_wrong_usage(string input)
    {
        using var run = new CliRun { In = new StringReader(input) };
        Assert.Equal(2, await run.RunAsync("gossip keys use -"));
        Assert.Equal("error: what came by standard input is no key, which is 16, 24 or 32 bytes in base64; 'rollcall gossip keys generate' prints one.\nSee 'rollcall gossip keys use --help'.\n", run.Error);
    }

    [Fact]
    public async Task Json_has_what_all_have_said()
    {
        await using var a = await StartAsync("a");
        var (code, text, _) = await a.AskAsync("keys", "list", "-o", "json");
        Assert.Equal(0, code);
        Assert.Equal(
            $$$"""{"members":1,"answers":1,"silent":[],"failures":{},"keys":{"{{{Old}}}":1},"primaryKeys":{"{{{Old}}}":1},"isComplete":true}""",
            JsonSerializer.Serialize(JsonElement.Parse(text)));
    }

    [Fact]
    public async Task A_cluster_without_keys_says_so()
    {
        await using var a = await RunningGossip.StartAsync(_directory, "a");
        var (code, text, error) = await a.AskAsync("keys", "list");
        Assert.Equal((1, ""), (code, text));
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_sends_is_not_removed()
    {
        await using var a = await StartAsync("a");
        var (code, _, error) = await a.AskAsync("keys", "remove", Old);
        Assert.Equal(1, code);
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.Equal([Old], Kept("a"));
    }

    [Fact]
    public async Task A_keyring_open_to_others_is_warned_of()
    {
        if (OperatingSystem.IsWindows())
            return;
        await File.WriteAllTextAsync(Path.Combine(_directory, "a.json"), $"[\"{Old}\"]");
        File.SetUnixFileMode(Path.Combine(_directory, "a.json"), UnixFileMode.UserRead | UnixFileMode.GroupRead);
        await using var a = await RunningGossip.StartAsync(_directory, "a", "--keyring", Path.Combine(_directory, "a.json"));
        Assert.Contains($"warn: Rollcall.Cli.Gossip.GossipRun[6014] The keyring {_directory}/a.json is open to others than its owner", a.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_key_is_one()
    {
        using var run = new CliRun();
        Assert.Equal(0, await run.RunAsync("gossip keys generate"));
        Assert.True(GossipKey.TryParse(run.Out.TrimEnd('\n'), out _));
    }

    [Fact]
    public async Task What_is_no_key_is_wrong_usage()
    {
        using var run = new CliRun();
        Assert.Equal(2, await run.RunAsync("gossip keys add secret"));
        Assert.Equal("error: KEY is 16, 24 or 32 bytes in base64; 'rollcall gossip keys generate' prints one.\nSee 'rollcall gossip keys add --help'.\n", run.Error);
    }

    // By the preset goes how long all are waited for.
    private async Task<RunningGossip> StartAsync(string name, params string[] more) =>
        await RunningGossip.StartAsync(_directory, name, ["--preset", "wan", "--keyring", await MakeKeyringAsync(name), .. more]);

    private async Task<string> MakeKeyringAsync(string name)
    {
        var file = KeyringOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, $"[\"{Old}\"]");
        return file;
    }

    private string KeyringOf(string name) => Path.Combine(_directory, name, "keyring.json");

    private IEnumerable<string?> Kept(string name) =>
        JsonElement.Parse(File.ReadAllText(KeyringOf(name))).EnumerateArray().Select(static key => key.GetString());
}
