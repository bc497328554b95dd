using Rollcall.Cli.Output;

namespace Rollcall.Cli.Tests.Output;

public sealed class TableWriterTests
{
    [Fact]
    public void Write_aligns_columns_and_leaves_no_blank_at_the_end()
    {
        var table = new Table("NAME", "N", "LAST");
        table.Add("a", 1, "x");
        table.Add("longer-than-header", 10_000, null);
        Assert.Equal(
            """
            NAME                N      LAST
            a                   1      x
            longer-than-header  10000  -

            """,
            Render(table, useColours: false));
    }

    [Fact]
    public void Write_aligns_what_takes_two_cells_or_none()
    {
        var table = new Table("NAME", "N");
        table.Add("日本語", 1);
        table.Add("e\u0301te\u0301", 2);
        table.Add("abcdef", 3);
        Assert.Equal("NAME    N\n日本語  1\ne\u0301te\u0301     2\nabcdef  3\n", Render(table, useColours: false));
    }

    [Fact]
    public void Write_cuts_nothing_off()
    {
        var table = new Table("NAME", "TAIL");
        var name = new string('n', 500);
        table.Add(name, "t");
        Assert.Contains(name + "  t", Render(table, useColours: false), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_lets_no_control_character_through()
    {
        var table = new Table("A");
        table.Add("x\u001b[31m\n\u009by");
        Assert.Equal("A\nx?[31m??y\n", Render(table, useColours: false));
    }

    [Fact]
    public void Write_with_colours_adds_only_tones()
    {
        var table = new Table("A", "B");
        table.Add(new Cell("ready", Tone.Good), "b");
        var coloured = Render(table, useColours: true);
        Assert.Contains("\u001b[32mready\u001b[0m  b", coloured, StringComparison.Ordinal);
        Assert.Equal(Render(table, useColours: false), System.Text.RegularExpressions.Regex.Replace(coloured, "\u001b\\[[0-9]*m", "", default, TimeSpan.FromSeconds(1)));
    }

    private static string Render(Table table, bool useColours)
    {
        using var text = new StringWriter { NewLine = "\n" };
        TableWriter.Write(text, table, useColours);
        return text.ToString();
    }
}
