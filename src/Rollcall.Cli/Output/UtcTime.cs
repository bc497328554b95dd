using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rollcall.Cli.Output;

/// <summary>Times as the API writes them, in UTC with a Z.</summary>
internal sealed class UtcTime : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.UtcDateTime);
    }
}
