using Rollcall.Node.Configuration;

namespace Rollcall.Node.Tests.Configuration;

public sealed class NodeOptionsTests
{
    [Theory]
    [InlineData("http://127.0.0.1:7655")]
    [InlineData("http://127.0.0.2:0")]
    [InlineData("http://[::1]:7655")]
    [InlineData("http://localhost:7655")]
    [InlineData("http://unix:/run/rollcall.sock")]
    public void Loopback_needs_no_leave(string url) => NodeOptionsValidator.ThrowIfWrong(new NodeOptions { Urls = [url] });

    [Theory]
    [InlineData("http://0.0.0.0:7655")]
    [InlineData("http://*:7655")]
    [InlineData("http://+:7655")]
    [InlineData("http://[::]:7655")]
    [InlineData("http://10.0.0.5:7655")]
    [InlineData("http://node1:7655")]
    [InlineData("http://localhost.example:7655")]
    public void Beyond_loopback_takes_the_flag_that_the_refusal_names(string url)
    {
        var options = new NodeOptions { Urls = ["http://127.0.0.1:1", url] };
        var error = Assert.Throws<ArgumentException>(() => NodeOptionsValidator.ThrowIfWrong(options));
        Assert.Contains(url, error.Message, StringComparison.Ordinal);
        Assert.Contains("--allow-anyone", error.Message, StringComparison.Ordinal);
        NodeOptionsValidator.ThrowIfWrong(options with { AllowAnyone = true });
    }

    [Theory]
    [InlineData("127.0.0.1:7655")]
    [InlineData("https://127.0.0.1:7655")]
    [InlineData("http://127.0.0.1:7655/path")]
    [InlineData("http://user@127.0.0.1:7655")]
    [InlineData("http://unix:/")]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("")]
    public void What_cannot_be_listened_on_is_refused(string url) =>
        Assert.Throws<ArgumentException>(() => NodeOptionsValidator.ThrowIfWrong(new NodeOptions { Urls = [url] }));

    [Fact]
    public void Every_mistake_is_named_at_once()
    {
        var error = Assert.Throws<ArgumentException>(() => NodeOptionsValidator.ThrowIfWrong(
            new NodeOptions { Urls = [], MaxWaitingRequests = 0, DefaultWait = TimeSpan.FromHours(1) }));
        Assert.Equal(3, error.Message.Split('\n').Length);
    }

    [Fact]
    public async Task A_node_refuses_wrong_options_before_it_touches_anything()
    {
        using var directory = new TemporaryDirectory();
        var data = Path.Combine(directory.Path, "data");
        await Assert.ThrowsAsync<ArgumentException>(() => NodeHost.BuildAsync(
            new NodeOptions { Urls = ["http://0.0.0.0:0"], Registry = new() { Journal = new() { Directory = data } } }, CancellationToken.None));
        Assert.False(Directory.Exists(data));
    }
}
