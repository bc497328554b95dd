using System.Text;
using System.Text.Json;
using Rollcall.Api;
using Rollcall.Sources.Text;

namespace Rollcall.Etcd.Records;

/// <summary>
/// One value as an endpoint. Three layouts: that of Go's <c>etcd/client/v3/naming/endpoints</c>, the registration document of Rollcall's API, plain <c>host:port</c>.
/// </summary>
internal static class EtcdRecord
{
    /// <summary>The longest id, in bytes.</summary>
    public const int MaxIdBytes = 256;

    /// <summary>The most labels a record may have, and the longest name or value of one.</summary>
    public const int MaxLabels = 64;

    /// <inheritdoc cref="MaxLabels" />
    public const int MaxLabelLength = 1024;

    // What the Go package writes when an endpoint leaves without its key being deleted.
    private const int OpDelete = 1;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The endpoint; null for a record that says it is gone.</summary>
    /// <param name="id">What stands behind the directory in the key.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="FormatException">It makes no sense.</exception>
    public static Endpoint? Read(ReadOnlySpan<byte> id, ReadOnlySpan<byte> value)
    {
        var name = Text(id, "its key");
        if (id.Length is 0 or > MaxIdBytes || name.Any(char.IsControl))
            throw new FormatException($"what follows the service in its key must have 1 to {MaxIdBytes} bytes and no control characters");
        value = value.Trim(" \t\r\n"u8);
        if (value is not [(byte)'{', ..])
            return FromAddress(name, Text(value, "its value"));
        try
        {
            var reader = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = 16 });
            using var document = JsonDocument.ParseValue(ref reader);
            if (reader.BytesConsumed != value.Length)
                throw new FormatException("something follows its JSON");
            var root = document.RootElement;
            if (root.TryGetProperty("Addr", out var address))
                return FromGo(name, root, address);
            return root.TryGetProperty("address", out address) ? FromRegistration(name, root, address) : throw new FormatException("it has neither 'Addr' nor 'address'");
        }
        catch (JsonException error)
        {
            throw new FormatException($"it is no JSON ({error.Message.Split(" LineNumber:")[0].TrimEnd('.')})", error);
        }
        catch (InvalidOperationException error)
        {
            // The parser takes any bytes between quotes; only who wants them as text learns of a lone surrogate or of bytes that are no UTF-8.
            throw new FormatException("a text in it is no valid Unicode", error);
        }
    }

    private static Endpoint FromAddress(string id, string text) =>
        EndpointText.TryParse(text, out var endpoint, out var error) ? endpoint with { Id = id } : throw new FormatException(error);

    private static Endpoint? FromGo(string id, JsonElement root, JsonElement address)
    {
        if (root.TryGetProperty("Op", out var op) && op.ValueKind == JsonValueKind.Number && op.TryGetInt32(out var number) && number == OpDelete)
            return null;
        var endpoint = FromAddress(id, StringOf(address, "Addr"));
        if (!root.TryGetProperty("Metadata", out var metadata) || metadata.ValueKind == JsonValueKind.Null)
            return endpoint;
        // Go programs put in whatever they like; what is no map becomes one label.
        var labels = metadata.ValueKind == JsonValueKind.Object ? Labels(metadata) : new SmallMap<string>([new("metadata", Label("metadata", metadata))]);
        return endpoint with
        {
            Metadata = labels,
            Weight = labels.TryGetValue("weight", out var weight) && EndpointText.TryParseWeight(weight, out var share) ? share : endpoint.Weight,
            Zone = labels.TryGetValue("zone", out var zone) && zone.Length > 0 ? zone : endpoint.Zone,
        };
    }

    private static Endpoint FromRegistration(string id, JsonElement root, JsonElement address)
    {
        var host = StringOf(address, "address");
        if (!EndpointText.IsHost(host))
            throw new FormatException($"'{host}' is no host name or IP address (the port stands in 'ports')");
        if (!root.TryGetProperty("ports", out var ports) || ports.ValueKind != JsonValueKind.Object || !ports.EnumerateObject().Any())
            throw new FormatException("'ports' is missing or empty");
        var state = root.TryGetProperty("state", out var text) ? StateText.Parse(StringOf(text, "state")) : EndpointState.Ready;
        if (state == EndpointState.Unknown)
            throw new FormatException("'state' must be ready, not-ready or draining");
        return new Endpoint(id, host, new SmallMap<int>(ports.EnumerateObject().DistinctBy(static port => port.Name, StringComparer.Ordinal).Select(static port =>
            KeyValuePair.Create(port.Name, port.Value.ValueKind == JsonValueKind.Number && port.Value.TryGetInt32(out var number) && number is >= 1 and <= 65535
                ? number
                : throw new FormatException($"the port '{port.Name}' must be a number from 1 to 65535")))))
        {
            State = state,
            Reason = Optional(root, "reason"),
            Weight = !root.TryGetProperty("weight", out var weight) ? Endpoint.DefaultWeight
                : weight.ValueKind == JsonValueKind.Number && weight.TryGetInt32(out var share) && share is >= 0 and <= 100 ? share
                : throw new FormatException("'weight' must be a number from 0 to 100"),
            Zone = Optional(root, "zone"),
            Node = Optional(root, "node"),
            Metadata = root.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object ? Labels(metadata) : SmallMap<string>.Empty,
        };
    }

    private static SmallMap<string> Labels(JsonElement map)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in map.EnumerateObject())
            labels[property.Name] = Label(property.Name, property.Value);
        return labels.Count <= MaxLabels ? new SmallMap<string>(labels) : throw new FormatException($"it has {labels.Count} labels; at most {MaxLabels} are allowed");
    }

    private static string Label(string name, JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        return name.Length <= MaxLabelLength && text.Length <= MaxLabelLength ? text : throw new FormatException($"a label is longer than {MaxLabelLength} characters");
    }

    private static string? Optional(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? StringOf(value, name) : null;

    private static string StringOf(JsonElement value, string name) => value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= MaxLabelLength } text
        ? text
        : throw new FormatException($"'{name}' must be text of 1 to {MaxLabelLength} characters");

    private static string Text(ReadOnlySpan<byte> utf8, string what)
    {
        if (utf8.Length > MaxLabelLength)
            throw new FormatException($"{what} is longer than {MaxLabelLength} bytes");
        try
        {
            return StrictUtf8.GetString(utf8);
        }
        catch (DecoderFallbackException error)
        {
            throw new FormatException($"{what} is no UTF-8 text", error);
        }
    }
}
