using System.Text;

namespace Rollcall.Cli.Output;

/// <summary>Tones as the eight colours every terminal has (ECMA-48, select graphic rendition).</summary>
internal static class Ansi
{
    private const string Reset = "\u001b[0m";

    public static void Append(StringBuilder line, string text, Tone tone)
    {
        if (tone == Tone.Plain || text.Length == 0)
        {
            line.Append(text);
            return;
        }

        line.Append(Code(tone)).Append(text).Append(Reset);
    }

    public static string Paint(string text, Tone tone, bool useColours) =>
        useColours && tone != Tone.Plain ? Code(tone) + text + Reset : text;

    private static string Code(Tone tone) => tone switch
    {
        Tone.Good => "\u001b[32m",
        Tone.Warning => "\u001b[33m",
        Tone.Bad => "\u001b[31m",
        _ => "\u001b[2m",
    };
}
