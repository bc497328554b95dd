using System.Text;

namespace Rollcall.Node.Telemetry;

/// <summary>Names of instruments as the OpenTelemetry specification maps them to Prometheus: dots to underscores, unit and <c>_total</c> behind.</summary>
internal static class PrometheusNames
{
    /// <summary>The name of an instrument.</summary>
    public static string Of(string name, string? unit, SeriesKind kind)
    {
        var text = new StringBuilder(name.Length + 16);
        foreach (var c in name)
            text.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        Append(text, unit switch { "s" => "_seconds", "ms" => "_milliseconds", "By" => "_bytes", _ => "" });
        Append(text, kind == SeriesKind.Counter ? "_total" : "");
        return text.ToString();
    }

    private static void Append(StringBuilder text, string suffix)
    {
        if (!text.ToString().EndsWith(suffix, StringComparison.Ordinal))
            text.Append(suffix);
    }
}
