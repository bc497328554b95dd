using System.Text;

namespace Rollcall.Cli.Output;

/// <summary>
/// Prints a table as kubectl does: two spaces between columns, no lines, nothing cut off, no blanks at the end of a line.
/// With colours the letters are the same; only their tone is added.
/// </summary>
internal static class TableWriter
{
    private const string Gap = "  ";

    public static void Write(TextWriter output, Table table, bool useColours)
    {
        var widths = Widths(table);
        var line = new StringBuilder();
        for (var column = 0; column < widths.Length; column++)
            Append(line, table.Headers[column], Tone.Faint, Padding(table.Headers[column], column, widths), useColours);
        output.WriteLine(line);
        foreach (var row in table.Rows)
        {
            line.Clear();
            for (var column = 0; column < widths.Length; column++)
            {
                var text = row[column].Printable;
                Append(line, text, row[column].Tone, Padding(text, column, widths), useColours);
            }

            output.WriteLine(line);
        }
    }

    private static int[] Widths(Table table)
    {
        var widths = new int[table.Headers.Count];
        for (var column = 0; column < widths.Length; column++)
        {
            widths[column] = TextWidth.Of(table.Headers[column]);
            foreach (var row in table.Rows)
                widths[column] = Math.Max(widths[column], TextWidth.Of(row[column].Printable));
        }

        return widths;
    }

    private static int Padding(string text, int column, int[] widths) =>
        column == widths.Length - 1 ? 0 : widths[column] - TextWidth.Of(text) + Gap.Length;

    private static void Append(StringBuilder line, string text, Tone tone, int padding, bool useColours)
    {
        if (useColours)
            Ansi.Append(line, text, tone);
        else
            line.Append(text);
        line.Append(' ', padding);
    }
}
