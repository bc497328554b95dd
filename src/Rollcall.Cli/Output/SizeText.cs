using System.Globalization;

namespace Rollcall.Cli.Output;

/// <summary>Sizes with binary units, three digits at most: <c>512 B</c>, <c>1.5 KiB</c>, <c>96 MiB</c>.</summary>
internal static class SizeText
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    public static string Format(long bytes)
    {
        double size = bytes;
        var unit = 0;
        while (size >= 1000 && unit < Units.Length - 1)
        {
            size /= 1024;
            unit++;
        }

        return size.ToString(unit == 0 || size >= 10 ? "0" : "0.#", CultureInfo.InvariantCulture) + " " + Units[unit];
    }
}
