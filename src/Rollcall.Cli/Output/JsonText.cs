using System.Text.Encodings.Web;
using System.Text.Json;
using Rollcall.Api;

namespace Rollcall.Cli.Output;

/// <summary>Documents as text for people and scripts.</summary>
internal static class JsonText
{
    /// <summary>The API's documents, indented.</summary>
    public static ApiJson Api { get; } = new(Options(ApiJson.Default.Options, isIndented: true));

    /// <summary>Our own documents, indented.</summary>
    public static CliJson Own { get; } = new(Options(CliJson.Default.Options, isIndented: true));

    /// <summary>Our own documents, one a line.</summary>
    public static CliJson Line { get; } = new(Options(CliJson.Default.Options, isIndented: false));

    // Nothing is escaped that is safe outside a web page.
    private static JsonSerializerOptions Options(JsonSerializerOptions like, bool isIndented) => new(like)
    {
        WriteIndented = isIndented,
        Converters = { new UtcTime() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
