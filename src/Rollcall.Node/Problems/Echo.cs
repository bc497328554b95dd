using System.Globalization;
using System.Text;

namespace Rollcall.Node.Problems;

/// <summary>How text that came from outside is shown again: short, and without characters that could steer a terminal.</summary>
internal static class Echo
{
    /// <summary>The most characters of a value that an error repeats.</summary>
    public const int MaxLength = 64;

    /// <summary>The value in quotes, cut to <see cref="MaxLength"/>.</summary>
    public static string Quote(ReadOnlySpan<char> value) =>
        value.Length <= MaxLength ? $"'{Clean(value)}'" : $"'{Clean(value[..MaxLength])}…'";

    /// <summary>The text with everything unprintable spelled as <c>\u001b</c>.</summary>
    public static string Clean(ReadOnlySpan<char> text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (IsPrintable(c))
                clean.Append(c);
            else
                clean.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return clean.ToString();
    }

    // Format covers the marks that reverse the direction of writing; a surrogate may be half a pair after a cut.
    private static bool IsPrintable(char c) => char.GetUnicodeCategory(c) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
