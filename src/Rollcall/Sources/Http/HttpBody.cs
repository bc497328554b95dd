using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Rollcall.Api;
using Rollcall.Sources.Text;

namespace Rollcall.Sources.Http;

/// <summary>The endpoints in the body of a response. Trusts nothing in it.</summary>
internal static class HttpBody
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>What the body says, and the node's answer it is where it is one.</summary>
    /// <exception cref="FormatException">It makes no sense; the message is to be read behind "its answer".</exception>
    public static (ImmutableArray<Endpoint> Endpoints, ServiceDocument? Node) Read(ReadOnlySpan<byte> body, string? mediaType, HttpTarget target)
    {
        if (body.StartsWith(Encoding.UTF8.Preamble))
            body = body[Encoding.UTF8.Preamble.Length..];
        var isYaml = mediaType is "application/yaml" or "application/x-yaml" or "text/yaml" or "text/x-yaml";
        if (!isYaml && target.Format == HttpFormat.Any && !IsJson(mediaType))
            throw new FormatException($"is {mediaType ?? "of no media type"}, not JSON or YAML; if it is nevertheless, add ?format=rollcall or ?format=prometheus");
        try
        {
            if (!isYaml && target.Format != HttpFormat.Prometheus && IsNodeAnswer(body))
            {
                var service = JsonSerializer.Deserialize(body, ApiJson.Default.ServiceDocument)!;
                return (InstanceReader.Read(service), service);
            }

            var root = isYaml ? YamlData.Read(StrictUtf8.GetString(body)) : JsonData.Read(body);
            if (target.Format == HttpFormat.Prometheus && !IsTargetGroups(root))
                throw new FormatException("is no list of target groups ([{\"targets\": [\"10.0.0.5:8080\"], \"labels\": {}}])");
            return (ServiceFile.Read(root, target.Service), null);
        }
        catch (DataFormatException error)
        {
            throw new FormatException($"is wrong in line {error.Line}, column {error.Column}: {error.Message}", error);
        }
        catch (Exception error) when (error is JsonException or DecoderFallbackException or InvalidOperationException)
        {
            throw new FormatException($"is broken: {error.Message.TrimEnd('.')}", error);
        }
    }

    private static bool IsJson(string? mediaType) =>
        mediaType is "application/json" or "text/json" || (mediaType?.StartsWith("application/", StringComparison.Ordinal) == true && mediaType.EndsWith("+json", StringComparison.Ordinal));

    private static bool IsTargetGroups(DataNode root) => root is ListNode list && list.Items.All(static item =>
        item is MapNode map && map.Entries.Any(static entry => string.Equals(entry.Key.Text, "targets", StringComparison.Ordinal)));

    // A node's answer can be large, and so is told from a map of services by a look at its top level alone. What is no JSON is for the reader that knows places.
    private static bool IsNodeAnswer(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        var (hasInstances, hasEpoch) = (false, false);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                hasInstances |= reader.ValueTextEquals("instances"u8);
                hasEpoch |= reader.ValueTextEquals("epoch"u8);
                reader.Read();
                reader.Skip();
            }
        }
        catch (JsonException)
        {
            return false;
        }

        return hasInstances && hasEpoch;
    }
}
