using System.Text.Json.Serialization;

namespace Rollcall.Etcd.Members;

// The documents of etcd's JSON gateway, as far as they are used: keys and values are base64, 64-bit numbers are text, and what is zero, false or empty is left out.

internal sealed record KeyValueDocument
{
    public byte[]? Key { get; init; }

    public byte[]? Value { get; init; }

    public long ModRevision { get; init; }
}

internal sealed record HeaderDocument
{
    public long Revision { get; init; }
}

internal sealed record RangeRequestDocument
{
    public required byte[] Key { get; init; }

    public required byte[] RangeEnd { get; init; }

    public required long Limit { get; init; }

    public bool KeysOnly { get; init; }

    public string? SortOrder { get; init; }

    public string? SortTarget { get; init; }
}

internal sealed record RangeDocument
{
    public HeaderDocument? Header { get; init; }

    public IReadOnlyList<KeyValueDocument>? Kvs { get; init; }

    public bool More { get; init; }

    public long Count { get; init; }
}

internal sealed record WatchRequestDocument
{
    public required WatchCreateDocument CreateRequest { get; init; }
}

internal sealed record WatchCreateDocument
{
    public required byte[] Key { get; init; }

    public required byte[] RangeEnd { get; init; }

    public required long StartRevision { get; init; }

    public required bool ProgressNotify { get; init; }
}

internal sealed record WatchLineDocument
{
    public WatchDocument? Result { get; init; }

    public ErrorDocument? Error { get; init; }
}

internal sealed record WatchDocument
{
    public HeaderDocument? Header { get; init; }

    public bool Created { get; init; }

    public bool Canceled { get; init; }

    public long CompactRevision { get; init; }

    public string? CancelReason { get; init; }

    public IReadOnlyList<EventDocument>? Events { get; init; }
}

internal sealed record EventDocument
{
    public string? Type { get; init; }

    public KeyValueDocument? Kv { get; init; }
}

internal sealed record ErrorDocument
{
    public string? Message { get; init; }

    public int Code { get; init; }

    public int GrpcCode { get; init; }
}

internal sealed record LoginRequestDocument
{
    public required string Name { get; init; }

    public required string Password { get; init; }
}

internal sealed record LoginDocument
{
    public string? Token { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(RangeRequestDocument))]
[JsonSerializable(typeof(RangeDocument))]
[JsonSerializable(typeof(WatchRequestDocument))]
[JsonSerializable(typeof(WatchLineDocument))]
[JsonSerializable(typeof(ErrorDocument))]
[JsonSerializable(typeof(LoginRequestDocument))]
[JsonSerializable(typeof(LoginDocument))]
internal sealed partial class EtcdJson : JsonSerializerContext;
