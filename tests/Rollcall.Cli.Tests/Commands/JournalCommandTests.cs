using System.Text.Json;
using Rollcall.Api;
using Rollcall.Cli.Execution;
using Rollcall.TestKit;

namespace Rollcall.Cli.Tests.Commands;

/// <summary><c>journal verify</c> and <c>journal repair</c> on what a real node has written.</summary>
public sealed class JournalCommandTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rollcall-journal-").FullName;

    private string Data => Path.Combine(_directory, "data");

    private string Segment => Directory.GetFiles(Data, "*.log").Single();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_sound_journal_is_said_to_be_so()
    {
        await WriteAsync();
        var (code, output, error) = await RunAsync("journal verify");
        Assert.Equal((0, ""), (code, error));
        Assert.Matches("^FILE +KIND +SIZE +RECORDS +REVISIONS +FROM +TO +DAMAGED\njournal-0+1\\.log +segment +[0-9.]+ (B|KiB) +20 +1-20 .* no\n.*data is sound\n$", output);
        (code, output, error) = await RunAsync("journal repair");
        Assert.Equal((0, $"{Data} is sound, nothing was changed: revision 20, 20 instances\n", ""), (code, output, error));
    }

    [Fact]
    public async Task A_damaged_journal_stops_a_node_is_found_and_repaired()
    {
        await WriteAsync();
        Damage();

        var (code, output, error) = await RunAsync("serve --urls http://127.0.0.1:0 --data");
        Assert.Equal((1, ""), (code, output));
        Assert.Contains(Segment, error, StringComparison.Ordinal);
        Assert.Contains($"rollcall journal repair {Data}", error, StringComparison.Ordinal);
        Assert.InRange(error.TrimEnd('\n').Split('\n').Length, 1, 2);

        (code, output, error) = await RunAsync("journal verify");
        Assert.Equal(1, code);
        Assert.Contains("  yes\n", output, StringComparison.Ordinal);
        Assert.Contains($"{Segment}, offset ", error, StringComparison.Ordinal);
        Assert.EndsWith($"error: {Data} is damaged; no node starts from it.\nStop the node, then run 'rollcall journal repair {Data}'.\n", error, StringComparison.Ordinal);

        (code, output, error) = await RunAsync("journal repair");
        Assert.True(code == 0, error);
        Assert.Contains("repaired: revision ", output, StringComparison.Ordinal);
        Assert.Contains("The originals are in ", output, StringComparison.Ordinal);

        (code, output, _) = await RunAsync("journal verify");
        Assert.Equal(0, code);
        await using var node = await NodeRun.StartAsync(NodeRun.Read(new ServeSettings { Urls = ["http://127.0.0.1:0"], Data = Data }), CancellationToken.None);
        await node.StopAsync();
    }

    [Fact]
    public async Task Json_has_every_file_and_every_damage()
    {
        await WriteAsync();
        Damage();
        var (code, output, _) = await RunAsync("journal verify -o json");
        Assert.Equal(1, code);
        using var document = JsonDocument.Parse(output);
        Assert.False(document.RootElement.GetProperty("isSound").GetBoolean());
        var file = Assert.Single(document.RootElement.GetProperty("files").EnumerateArray());
        Assert.Equal("segment", file.GetProperty("kind").GetString());
        Assert.NotEmpty(file.GetProperty("damage").EnumerateArray());
        (code, output, _) = await RunAsync("journal repair -o json");
        Assert.Equal(0, code);
        Assert.Contains("\"revisionsLost\": ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("journal verify")]
    [InlineData("journal repair")]
    public async Task Where_there_is_no_journal_is_exit_code_3(string line)
    {
        Assert.Equal(3, (await RunAsync(line)).Code);
        Directory.CreateDirectory(Data);
        var (code, output, error) = await RunAsync(line);
        Assert.Equal((3, ""), (code, output));
        Assert.Contains(Data, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repair_keeps_its_hands_off_the_journal_of_a_running_node()
    {
        await using var node = await NodeRun.StartAsync(NodeRun.Read(new ServeSettings { Urls = ["http://127.0.0.1:0"], Data = Data }), CancellationToken.None);
        var (code, _, error) = await RunAsync("journal repair");
        Assert.Equal(1, code);
        Assert.Contains("is in use by ", error, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("journal verify")).Code);
        await node.StopAsync();
    }

    // One byte in the middle: neither the head nor a torn end.
    private void Damage()
    {
        var bytes = File.ReadAllBytes(Segment);
        bytes[bytes.Length / 2] ^= 0xff;
        File.WriteAllBytes(Segment, bytes);
    }

    private async Task WriteAsync()
    {
        await using var node = await NodeRun.StartAsync(NodeRun.Read(new ServeSettings { Urls = ["http://127.0.0.1:0"], Data = Data }), CancellationToken.None);
        using var http = NodeClient.CreateHttpClient(new Uri(node.Urls.Single()));
        var client = new NodeClient(http);
        for (var i = 0; i < 20; i++)
        {
            await client.RegisterAsync(
                "orders", $"o-{i}", new RegistrationDocument { Address = "10.0.0.5", Ports = new Dictionary<string, int> { ["http"] = 8080 }, Ttl = "1h" });
        }

        await node.StopAsync();
    }

    // The directory goes last, as in "journal verify DIR" and "serve --data DIR".
    private async Task<(int Code, string Out, string Error)> RunAsync(string line)
    {
        using var run = new CliRun { Time = TimeProvider.System };
        var code = await Eventually.Within(run.RunAsync($"{line} {Data}"));
        return (code, run.Out, run.Error);
    }
}
