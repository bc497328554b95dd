using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
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

    /// <summary>How long the whole is.</summary>
    public static int Length(byte[] envelope, ImmutableArray<LiveInstance> instances) =>
        envelope.Length + instances.Sum(static instance => instance.Json.Length) + Math.Max(0, instances.Length - 1);

    /// <summary>A document with all of its instances.</summary>
    public static byte[] Whole(byte[] envelope, ImmutableArray<LiveInstance> instances)
    {
        var whole = GC.AllocateUninitializedArray<byte>(Length(envelope, instances));
        var at = IndexOfInstances(envelope) + NoInstances.Length - 1;
        envelope.AsSpan(0, at).CopyTo(whole);
        var left = whole.AsSpan(at);
        for (var i = 0; i < instances.Length; i++)
        {
            if (i > 0)
            {
                left[0] = (byte)',';
                left = left[1..];
            }

            instances[i].Json.Span.CopyTo(left);
            left = left[instances[i].Json.Length..];
        }

        envelope.AsSpan(at).CopyTo(left);
        return whole;
    }

    /// <summary>A document with what has changed of them.</summary>
    public static byte[] Step(byte[] envelope, LiveChange change, string from)
    {
        var output = new ArrayBufferWriter<byte>(envelope.Length + 256);
        var at = IndexOfInstances(envelope);
        output.Write(envelope.AsSpan(0, at));
        output.Write("\"from\":\""u8);
        Encoding.ASCII.GetBytes(from, output);
        output.Write("\",\"changed\":"u8);
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

        output.Write(envelope.AsSpan(at + NoInstances.Length));
        return output.WrittenSpan.ToArray();
    }

    private static int IndexOfInstances(byte[] envelope)
    {
        var at = envelope.AsSpan().IndexOf(NoInstances);
        Debug.Assert(at > 0, "A document has a list of instances.");
        return at;
    }
}
