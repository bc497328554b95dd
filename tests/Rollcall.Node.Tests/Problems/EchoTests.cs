using Rollcall.Node.Problems;

namespace Rollcall.Node.Tests.Problems;

public sealed class EchoTests
{
    [Theory]
    [InlineData("plain", "'plain'")]
    [InlineData("", "''")]
    [InlineData("größe €", "'größe €'")]
    [InlineData("a\u001b[31mb\r\n", "'a\\u001b[31mb\\u000d\\u000a'")]
    [InlineData("\u202Eevil", "'\\u202eevil'")]
    public void Text_from_outside_is_shown_in_quotes_without_what_steers_a_terminal(string value, string expected) =>
        Assert.Equal(expected, Echo.Quote(value));

    [Fact]
    public void Half_of_a_surrogate_pair_is_spelled_out() => Assert.Equal("'\\ud800'", Echo.Quote("\uD800"));

    [Fact]
    public void Long_text_is_cut() => Assert.Equal($"'{new string('x', Echo.MaxLength)}…'", Echo.Quote(new string('x', 1_000_000)));
}
