using Rollcall.Api;

namespace Rollcall.Tests.Api;

public sealed class NodeUrlTests
{
    [Theory]
    [InlineData("127.0.0.1:7655", "http://127.0.0.1:7655/")]
    [InlineData(" http://node ", "http://node/")]
    [InlineData("https://node:1/registry", "https://node:1/registry/")]
    [InlineData("[::1]:7655", "http://[::1]:7655/")]
    public void An_address_is_read_and_ends_with_a_slash(string text, string expected) =>
        Assert.Equal(expected, NodeUrl.Parse(text).AbsoluteUri);

    [Theory]
    [InlineData("")]
    [InlineData("ftp://node")]
    [InlineData("http://user:secret@node")]
    [InlineData("http://node/?x=1")]
    [InlineData("http://node:99999")]
    [InlineData("two words")]
    public void Anything_else_is_refused_with_an_example(string text)
    {
        var error = Assert.Throws<ArgumentException>(() => NodeUrl.Parse(text));
        Assert.Contains("Write it like http://127.0.0.1:7655.", error.Message, StringComparison.Ordinal);
    }
}
