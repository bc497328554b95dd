using System.Text;
using Rollcall.Sources.Text;

namespace Rollcall.Tests.Sources.Text;

public sealed class DataTests
{
    private const int Depth = DataLimits.MaxDepth;

    [Fact]
    public void Nesting_up_to_the_limit_is_read_and_beyond_it_refused()
    {
        var deepest = new string('[', Depth) + new string(']', Depth);
        Yaml(deepest);
        Json(deepest);

        var deeper = $"[{deepest}]";
        Assert.Contains("deeper than 16", Assert.Throws<DataFormatException>(() => Yaml(deeper)).Message, StringComparison.Ordinal);
        Assert.Contains("deeper than 16", Assert.Throws<DataFormatException>(() => Json(deeper)).Message, StringComparison.Ordinal);
        Assert.Throws<DataFormatException>(() => Yaml(new string('[', 100_000)));
        Assert.Throws<DataFormatException>(() => Json(new string('[', 100_000)));
    }

    [Fact]
    public void So_many_values_are_read_and_one_more_is_refused()
    {
        var most = "[" + string.Join(',', Enumerable.Repeat("1", DataLimits.MaxNodes - 1)) + "]";
        Json(most);

        var error = Assert.Throws<DataFormatException>(() => Json(most[..^1] + ",1]"));
        Assert.Contains("more than 250000", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: &x [1]\nb: *x", 1, 4)]
    [InlineData("a: [*x]", 1, 5)]
    [InlineData("&x a: 1", 1, 1)]
    public void Anchors_and_aliases_are_refused(string text, int line, int column)
    {
        var error = Assert.Throws<DataFormatException>(() => Yaml(text));

        Assert.Contains("anchors", error.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (error.Line, error.Column));
    }

    [Theory]
    [InlineData("", 1, 1)]
    [InlineData("# only a comment\n", 1, 1)]
    [InlineData("a: [1", 1, 6)]
    [InlineData("a: !!<x> 1", 1, 4)]
    [InlineData("a: 1\n b: 2", 2, 3)]
    [InlineData("a: 1\na: 2", 2, 1)]
    [InlineData("a: \"\\q\"", 1, 5)]
    [InlineData("? [1]\n: 2", 1, 3)]
    [InlineData("--- 1\n--- 2\n", 2, 1)]
    [InlineData("a: @b", 1, 4)]
    public void Broken_yaml_is_told_with_its_line(string text, int line, int column)
    {
        var error = Assert.Throws<DataFormatException>(() => Yaml(text));

        Assert.Equal(line, error.Line);
        Assert.InRange(error.Column, Math.Max(1, column - 2), column + 2);
        Assert.NotEmpty(error.Message);
    }

    [Theory]
    [InlineData("", 1, 1)]
    [InlineData("[1,\n 2", 2, 3)]
    [InlineData("{\"a\":1,\n\"a\":2}", 2, 1)]
    [InlineData("{\"a\":1}\n{}", 2, 1)]
    [InlineData("[1,]", 1, 4)]
    [InlineData("[tru]", 1, 5)]
    [InlineData("{\"\":1}", 1, 2)]
    [InlineData("[\"\\ud800\"]", 1, 2)]
    public void Broken_json_is_told_with_its_line_and_column(string text, int line, int column)
    {
        var error = Assert.Throws<DataFormatException>(() => Json(text));

        Assert.Equal((line, column), (error.Line, error.Column));
        Assert.DoesNotContain("LineNumber", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_count_characters_and_lines_count_newlines()
    {
        var list = (ListNode)Json("[\"äöü\", 1,\n\n  2]");

        Assert.Equal([(1, 2), (1, 9), (3, 3)], list.Items.Select(static item => (item.Line, item.Column)));
    }

    [Theory]
    [InlineData("~", null)]
    [InlineData("null", null)]
    [InlineData("''", "")]
    [InlineData("'null'", "null")]
    [InlineData("\"~\"", "~")]
    [InlineData("007", "007")]
    public void Only_plain_words_spell_nothing(string text, string? value) =>
        Assert.Equal(value, ((ScalarNode)((ListNode)Yaml($"[{text}]")).Items[0]).Text);

    [Fact]
    public void Garbage_is_refused_and_never_breaks_the_reader()
    {
        string[] words = ["a", ":", " ", "\n", "- ", "[", "]", "{", "}", ",", "\"", "'", "&x", "*x", "|", ">", "---", "#", "!!t", "%", "\t", "1", "host", "port", "\\", "ä", "\0", "?"];
        for (var seed = 0; seed < 5_000; seed++)
        {
            var random = new Random(seed);
            var text = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => words[random.Next(words.Length)]));
            foreach (var read in new Func<string, DataNode>[] { Yaml, Json })
            {
                try
                {
                    ServiceFile.Read(read(text), random.Next(2) == 0 ? "" : "a");
                }
                catch (DataFormatException error)
                {
                    Assert.True(error.Line >= 1 && error.Column >= 1, $"seed {seed}: ({error.Line},{error.Column})");
                }
            }
        }
    }

    private static DataNode Yaml(string text) => YamlData.Read(text);

    private static DataNode Json(string text) => JsonData.Read(Encoding.UTF8.GetBytes(text));
}
