using System.Text.Encodings.Web;
using System.Text.Json;
using Rollcall.Cli.Output;

namespace Rollcall.Cli.Gossip;

/// <summary>Documents as text for the socket and for people.</summary>
internal static class ControlText
{
    /// <summary>One a line.</summary>
    public static ControlJson Line { get; } = new(Spelled(isIndented: false));

    /// <summary>For people.</summary>
    public static ControlJson Indented { get; } = new(Spelled(isIndented: true));

    // Nothing is escaped that is safe outside a web page.
    private static JsonSerializerOptions Spelled(bool isIndented) =>
        new(ControlJson.Default.Options)
    {
        WriteIndented = isIndented,
        Converters = { new UtcTime() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
