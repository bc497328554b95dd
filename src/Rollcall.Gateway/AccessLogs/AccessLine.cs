using System.Text.Encodings.Web;
using System.Text.Json;

namespace Rollcall.Gateway.AccessLogs;

/// <summary>One line of JSON for one request.</summary>
internal static class AccessLine
{
    private const int MaxText = 2048;

    // Escapes what ends a line, which is what matters here, and leaves the rest to be read.
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static void Write(Utf8JsonWriter json, AccessRecord record)
    {
        json.WriteStartObject();
        json.WriteString("time"u8, record.Time);
        json.WriteString("client"u8, record.Client?.ToString());
        json.WriteString("method"u8, Short(record.Method));
        json.WriteString("host"u8, Short(record.Host));
        json.WriteString("path"u8, Short(record.Path.Value));
        json.WriteString("protocol"u8, record.Protocol);
        json.WriteNumber("status"u8, record.Status);
        json.WriteNumber("bytes"u8, record.Bytes);
        json.WriteNumber("seconds"u8, Seconds(record.Duration));
        if (record.Latency is { } latency)
            json.WriteNumber("latency_seconds"u8, Seconds(latency));
        WriteIfAny(json, "route"u8, record.Route);
        WriteIfAny(json, "version"u8, record.Version);
        WriteIfAny(json, "instance"u8, record.Instance);
        if (record.Tries > 0)
            json.WriteNumber("tries"u8, record.Tries);
        WriteIfAny(json, "id"u8, record.CorrelationId);
        if (record.IsCancelled)
            json.WriteBoolean("cancelled"u8, value: true);
        json.WriteEndObject();
    }

    private static void WriteIfAny(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
            json.WriteString(name, Short(value));
    }

    private static decimal Seconds(TimeSpan time) => Math.Round((decimal)time.TotalSeconds, 6);

    private static ReadOnlySpan<char> Short(string? text) => text is { Length: > MaxText } ? text.AsSpan(0, MaxText) : text;
}
