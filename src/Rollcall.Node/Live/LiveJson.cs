using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using Rollcall.Api;

namespace Rollcall.Node.Live;

/// <summary>Puts documents together from the JSON of their instances, which is made once for each.</summary>
internal static class LiveJson
{
    // In the text of a value its quotes would be escaped.
    private static ReadOnlySpan<byte> NoInstances => "\"instances\":[]"u8;

    /// <summary>A document without its instances.</summary>
    public static byte[] Envelope(LiveInstancesDocument document) => JsonSerializer.SerializeToUtf8Bytes(document with { Instances = [] }, ApiJson.Default.LiveInstancesDocument);

    /// <summary>How long the whole is, about.</summary>
    public static int Length(byte[] envelope, ImmutableArray<LiveInstance> instances) => envelope.Length + instances.Sum(static instance => instance.Json.Length + 1);

    /// <summary>A document with all of its instances.</summary>
    public static byte[] Whole(byte[] envelope, ImmutableArray<LiveInstance> instances)
    {
        var output = new ArrayBufferWriter<byte>(Length(envelope, instances));
        var at = Start(output, envelope);
        output.Write("\"instances\":["u8);
        for (var i = 0; i < instances.Length; i++)
        {
            if (i > 0)
                output.Write(","u8);
            output.Write(instances[i].Json.Span);
        }

        output.Write("]"u8);
        output.Write(envelope.AsSpan(at));
        return output.WrittenSpan.ToArray();
    }

    /// <summary>A document with what has changed of them.</summary>
    public static byte[] Step(byte[] envelope, LiveChange change)
    {
        var output = new ArrayBufferWriter<byte>(envelope.Length + 256);
        var at = Start(output, envelope);
        output.Write("\"changed\":"u8);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartArray();
            foreach (var (index, instance) in change.Changed)
            {
                json.WriteStartObject();
                json.WriteNumber("index"u8, index);
                json.WritePropertyName("instance"u8);
                json.WriteRawValue(instance.Json.Span, skipInputValidation: true);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        output.Write(",\"removed\":"u8);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartArray();
            foreach (var id in change.Removed)
                json.WriteStringValue(id);
            json.WriteEndArray();
        }

        output.Write(envelope.AsSpan(at));
        return output.WrittenSpan.ToArray();
    }

    // What stands before the instances; returns where that goes on which stands behind them.
    private static int Start(ArrayBufferWriter<byte> output, byte[] envelope)
    {
        var at = envelope.AsSpan().IndexOf(NoInstances);
        Debug.Assert(at > 0, "A document has a list of instances.");
        output.Write(envelope.AsSpan(0, at));
        return at + NoInstances.Length;
    }
}
