using System.Text.Encodings.Web;
using System.Text.Json;
using Rollcall.Api;

namespace Rollcall.Cli.Output;

/// <summary>The API's documents as text for people and scripts.</summary>
internal static class JsonText
{
    /// <summary>Indented, and without escaping what is safe outside a web page.</summary>
    public static ApiJson Indented { get; } = new(new JsonSerializerOptions(ApiJson.Default.Options)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
