using System.Globalization;

namespace Rollcall.Cli.Output;

/// <summary>One value of a table.</summary>
/// <param name="Text">What is printed; an empty one is printed as a hyphen, so that columns can be counted.</param>
/// <param name="Tone">What it means to the eye.</param>
internal readonly record struct Cell(string? Text, Tone Tone = Tone.Plain)
{
    private const string Nothing = "-";

    /// <summary>The text, safe to print: names and reasons come over the network and must not steer the terminal.</summary>
    public string Printable => string.IsNullOrEmpty(Text) ? Nothing : PrintableText.Clean(Text);

    public static implicit operator Cell(string? text) => new(text);

    public static implicit operator Cell(int number) => new(number.ToString(CultureInfo.InvariantCulture));

    public static implicit operator Cell(long number) => new(number.ToString(CultureInfo.InvariantCulture));
}
