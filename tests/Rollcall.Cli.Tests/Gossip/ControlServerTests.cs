using System.Net.Sockets;
using System.Text;
using Rollcall.Cli.Gossip;
using Rollcall.TestKit;

namespace Rollcall.Cli.Tests.Gossip;

/// <summary>Whatever is said to the control socket of a node, the node goes on.</summary>
public sealed class ControlServerTests : IDisposable
{
    private const string Shape = "{\"error\":\"not understood: a request is one line of JSON, such as {\\\"command\\\":\\\"members\\\"}\",\"exitCode\":2}\n";
    private readonly string _directory = Directory.CreateTempSubdirectory("rollcall-gossip-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", Shape)]
    [InlineData("{\"command\":\n", Shape)]
    [InlineData("\n", Shape)]
    [InlineData("null\n", Shape)]
    [InlineData("[]\n", Shape)]
    [InlineData("{\"command\":7}\n", Shape)]
    [InlineData("{\"command\":\"send\",\"payload\":\"not base64\"}\n", Shape)]
    [InlineData("{}\n", "{\"error\":\"'' is nothing this node can be asked\",\"advice\":\"Perhaps it is of another version than this program.\",\"exitCode\":2}\n")]
    [InlineData("{\"command\":\"dance\"}\n", "{\"error\":\"'dance' is nothing this node can be asked\",\"advice\":\"Perhaps it is of another version than this program.\",\"exitCode\":2}\n")]
    [InlineData("{\"command\":\"join\"}\n", "{\"error\":\"there is no address to join by\",\"exitCode\":2}\n")]
    [InlineData("{\"command\":\"join\",\"addresses\":[\"a/b\"]}\n", "{\"error\":\"\\\"a/b\\\" is no address of a member\",\"exitCode\":2}\n")]
    [InlineData("{\"command\":\"send\"}\n", "{\"error\":\"The value cannot be an empty string.\",\"exitCode\":2}\n")]
    public async Task Nonsense_is_refused_in_words(string said, string answer)
    {
        await using var node = await RunningGossip.StartAsync(_directory, "a");
        Assert.Equal(answer.Replace("string.\",", "string\",", StringComparison.Ordinal), await node.SendRawAsync(Encoding.UTF8.GetBytes(said)));
        Assert.Equal(0, (await node.AskAsync("members")).Code);
    }

    [Fact]
    public void Too_many_open_files_are_not_put_on_the_system_alone()
    {
        Assert.Equal("Too many open files in the process (ulimit -n) or in the system", ControlServer.WordsOf(new SocketException((int)SocketError.TooManyOpenSockets)));
        Assert.Equal(new SocketException((int)SocketError.AccessDenied).Message, ControlServer.WordsOf(new((int)SocketError.AccessDenied)));
    }

    [Fact]
    public async Task Bytes_of_any_kind_are_refused_or_cut_off()
    {
        await using var node = await RunningGossip.StartAsync(_directory, "a");
        var random = new Random(20261121);
        for (var i = 0; i < 200; i++)
        {
            var bytes = new byte[random.Next(1, 200)];
            random.NextBytes(bytes);
            Assert.StartsWith("{\"error\":\"not understood", await node.SendRawAsync(bytes), StringComparison.Ordinal);
        }

        Assert.Equal(0, (await node.AskAsync("members")).Code);
    }

    [Fact]
    public async Task A_line_that_is_too_long_is_refused()
    {
        await using var node = await RunningGossip.StartAsync(_directory, "a");
        var fits = $"{{\"command\":\"{new string('x', ControlServer.MaxRequest - 14)}\"}}";
        Assert.Equal(ControlServer.MaxRequest, fits.Length);
        Assert.Contains("is nothing this node can be asked", await node.SendRawAsync(Encoding.UTF8.GetBytes(fits + "\n")), StringComparison.Ordinal);
        var refused = await node.SendRawAsync(new byte[ControlServer.MaxRequest + 1], endsInput: false);
        Assert.Equal("{\"error\":\"not understood: a line has at most 16384 bytes\",\"exitCode\":2}\n", refused);
    }

    [Fact]
    public async Task Who_only_looks_whether_somebody_is_there_gets_no_answer()
    {
        await using var node = await RunningGossip.StartAsync(_directory, "a");
        Assert.Empty(await node.SendRawAsync(ReadOnlyMemory<byte>.Empty));
    }

    [Fact]
    public async Task Who_says_nothing_is_cut_off()
    {
        await using var node = await RunningGossip.StartAsync(_directory, "a");
        using var silent = await node.ConnectAsync();
        await silent.SendAsync("{\"command\":"u8.ToArray());
        Assert.Empty(await Eventually.Within(RunningGossip.ReadAsync(silent)));
    }

    [Fact]
    public async Task So_many_may_ask_at_once_and_no_more()
    {
        await using var node = await RunningGossip.StartAsync(_directory, "a");
        var watchers = new List<Socket>();
        for (var i = 0; i < ControlServer.MaxConnections; i++)
        {
            var watcher = await node.ConnectAsync();
            await watcher.SendAsync("{\"command\":\"monitor\"}\n"u8.ToArray());
            await watcher.ReceiveAsync(new byte[1]);
            watchers.Add(watcher);
        }

        Assert.Equal((1, "", "error: the node is asked by 16 others already.\nAsk again later, or end a 'monitor'.\n"), await node.AskAsync("members"));
        watchers.ForEach(static watcher => watcher.Dispose());
        await Eventually.True(async () => (await node.AskAsync("members")).Code == 0);
    }

    [Fact]
    public async Task Who_does_not_read_holds_up_nobody()
    {
        await using var node = await RunningGossip.StartAsync(_directory, "a");
        using var slow = await node.ConnectAsync();
        slow.ReceiveBufferSize = 1;
        await slow.SendAsync("{\"command\":\"monitor\"}\n"u8.ToArray());
        var payload = new string('x', 500);
        for (var i = 0; i < 2000; i++)
            await node.SendRawAsync(Encoding.UTF8.GetBytes($"{{\"command\":\"send\",\"event\":\"e\",\"payload\":\"{Convert.ToBase64String(Encoding.UTF8.GetBytes(payload))}\"}}\n"));
        Assert.Equal(0, (await node.AskAsync("members")).Code);
    }
}
