using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Rollcall.Api;
using Rollcall.Sources.Text;

namespace Rollcall.Sources.Http;

/// <summary>
/// The server-sent events of a node (<c>GET /api/watch</c>) as states of one service: lines go in, lists come out. Knows no socket and no clock.
/// </summary>
/// <param name="service">The service meant; empty for the only one the stream tells of.</param>
/// <param name="maxBytes">The most data one event may carry.</param>
internal sealed class ServiceStream(string service, int maxBytes)
{
    private readonly ArrayBufferWriter<byte> _data = new();
    private readonly SortedDictionary<string, Endpoint> _endpoints = new(StringComparer.Ordinal);
    private string _kind = "";
    private string? _service;

    /// <summary>Takes the next line of the stream (WHATWG HTML section 9.2.6); the list when the state is new with it, else null.</summary>
    /// <exception cref="FormatException">The stream makes no sense; the message is to be read behind "its event stream".</exception>
    public ImmutableArray<Endpoint>? OnLine(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
            return OnEvent();
        var colon = line.IndexOf((byte)':');
        var field = colon < 0 ? line : line[..colon];
        var value = colon < 0 ? [] : line[(colon + 1)..];
        if (value is [(byte)' ', ..])
            value = value[1..];
        if (field.SequenceEqual("event"u8))
        {
            _kind = value.Length <= 32 ? Encoding.UTF8.GetString(value) : "";
        }
        else if (field.SequenceEqual("data"u8))
        {
            if (_data.WrittenCount + value.Length + 1 > maxBytes)
                throw new FormatException($"has an event of more than {maxBytes} bytes, which is the limit");
            if (_data.WrittenCount > 0)
                _data.Write("\n"u8);
            _data.Write(value);
        }

        return null;
    }

    private ImmutableArray<Endpoint>? OnEvent()
    {
        try
        {
            return _kind switch
            {
                "snapshot" => OnSnapshot(JsonSerializer.Deserialize(_data.WrittenSpan, HttpSourceJson.Default.StreamSnapshotDocument)),
                "change" => OnChange(JsonSerializer.Deserialize(_data.WrittenSpan, ApiJson.Default.ChangeDocument)),
                // "start-over" is followed by a snapshot; of other kinds a later version may know.
                _ => null,
            };
        }
        catch (JsonException error)
        {
            throw new FormatException($"is broken: {error.Message.TrimEnd('.')}", error);
        }
        finally
        {
            _kind = "";
            _data.ResetWrittenCount();
        }
    }

    private ImmutableArray<Endpoint> OnSnapshot(StreamSnapshotDocument? snapshot)
    {
        var services = snapshot?.Services is { } list && list.All(static item => item is not null) ? list : throw new FormatException("has a snapshot without services");
        if (service.Length == 0 && services.Count > 1)
            throw new FormatException($"tells of several services; name one behind #. There are: {string.Join(", ", services.Take(20).Select(static item => item.Service))}");
        var found = service.Length == 0 ? (services.Count > 0 ? services[0] : null) : services.FirstOrDefault(item => string.Equals(item.Service, service, StringComparison.Ordinal));
        _service = service.Length > 0 ? service : found?.Service;
        _endpoints.Clear();
        foreach (var endpoint in found is null ? [] : InstanceReader.Read(found))
            _endpoints[endpoint.Id] = endpoint;
        return Current();
    }

    private ImmutableArray<Endpoint>? OnChange(ChangeDocument? change)
    {
        if (change is null || string.IsNullOrEmpty(change.Id))
            throw new FormatException("has a change that names no instance");
        if (_service is not null && !string.Equals(change.Service, _service, StringComparison.Ordinal))
        {
            return service.Length > 0
                ? null
                : throw new FormatException($"tells of several services, {_service} and {change.Service}; name one behind #");
        }

        _service ??= change.Service;
        if (change.Instance is { } instance)
            _endpoints[change.Id] = InstanceReader.Read(_service, instance);
        else
            _endpoints.Remove(change.Id);
        return Current();
    }

    private ImmutableArray<Endpoint> Current() => _endpoints.Count <= ServiceFile.MaxEndpoints
        ? [.. _endpoints.Values]
        : throw new FormatException($"tells of more than {ServiceFile.MaxEndpoints} endpoints, which is the limit");
}

/// <summary>The first event of a node's stream.</summary>
internal sealed record StreamSnapshotDocument
{
    public IReadOnlyList<ServiceDocument>? Services { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StreamSnapshotDocument))]
internal sealed partial class HttpSourceJson : JsonSerializerContext;
