using Rollcall.Node.Live;

namespace Rollcall.Node.Tests.Live;

public sealed class NameTemplateTests
{
    private const string Windows = """Windows 98 - {ordinal == 0 ? "Game Server" : "Client {ordinal}"}""";

    [Theory]
    [InlineData(Windows, "0", "Windows 98 - Game Server")]
    [InlineData(Windows, "3", "Windows 98 - Client 3")]
    [InlineData("{id}", "3", "id")]
    [InlineData("{zone}-{label.track}!", "3", "-label.track!")]
    [InlineData("""{ordinal == 1 ? "one" : "{ordinal == 2 ? "two" : "many"}"}""", "1", "one")]
    [InlineData("plain", "0", "plain")]
    public void A_template_is_filled(string template, string ordinal, string expected)
    {
        Assert.Null(NameTemplate.ProblemOf(template));
        Assert.Equal(expected, NameTemplate.Fill(template, hole => hole switch { "ordinal" => ordinal, "zone" => null, _ => hole }));
    }

    [Theory]
    [InlineData("{ordinal", "is not closed")]
    [InlineData("{pod}", "there is no 'pod'")]
    [InlineData("""{ordinal ? "a" : "b"}""", "a choice is written")]
    [InlineData("""{ordinal == 0 ? "a"}""", "a choice is written")]
    [InlineData("""{ordinal == 0 ? a : "b"}""", "a must stand in double quotes")]
    [InlineData("""{ordinal == 0 ? "a" : "{nobody}"}""", "there is no 'nobody'")]
    public void A_wrong_one_is_said_to_be_so(string template, string expected) =>
        Assert.Contains(expected, NameTemplate.ProblemOf(template), StringComparison.Ordinal);
}
