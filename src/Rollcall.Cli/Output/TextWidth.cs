using System.Runtime.CompilerServices;
using System.Text;
using Spectre.Console.Rendering;

namespace Rollcall.Cli.Output;

/// <summary>How many cells of a terminal a text takes: two for most letters of East Asia, none for an accent that stands by itself.</summary>
internal static class TextWidth
{
    public static int Of(string text) => Ascii.IsValid(text) ? text.Length : Measure(text);

    // By itself, so that most commands never load what knows.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Measure(string text) => new Segment(text).CellCount();
}
