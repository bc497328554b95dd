using System.Runtime.InteropServices;
using System.Text.Json;
using Rollcall.Kubernetes.Objects;

namespace Rollcall.Kubernetes.Api;

/// <summary>What happened to an object.</summary>
internal enum WatchEventKind
{
    /// <summary>It is there now, new or changed.</summary>
    Present,

    /// <summary>It is gone.</summary>
    Deleted,

    /// <summary>Nothing, up to a version.</summary>
    Bookmark,

    /// <summary>The watch cannot go on.</summary>
    Error,
}

/// <summary>One line of a watch.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Object">The object; null for bookmarks and errors.</param>
/// <param name="Version">The version it happened at; empty for errors.</param>
/// <param name="Status">Why, for errors.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WatchEvent<T>(WatchEventKind Kind, T? Object, string Version, ApiStatus Status)
    where T : KubernetesObject
{
    /// <exception cref="JsonException">It is no event.</exception>
    public static WatchEvent<T> Parse(ReadOnlySpan<byte> utf8, ItemReader<T> read, StringCache strings)
    {
        WatchEventKind? kind = null;
        Utf8JsonReader content = default;
        var hasContent = false;
        var json = new Utf8JsonReader(utf8);
        if (!json.Read())
            throw new JsonException("a line is empty");
        json.RequireObject();
        while (json.NextField())
        {
            if (json.Is("type"u8))
            {
                kind = KindOf(ref json);
            }
            else if (json.Is("object"u8))
            {
                // The kind decides how the object is read, and may come after it.
                content = json;
                hasContent = true;
                if (kind is not null)
                    return Read(kind.Value, ref content, read, strings);
                json.Skip();
            }
            else
            {
                json.SkipField();
            }
        }

        return kind is not null && hasContent ? Read(kind.Value, ref content, read, strings) : throw new JsonException("a line has no type or no object");
    }

    private static WatchEventKind KindOf(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.String)
            throw new JsonException("the type of an event is no text");
        if (json.ValueTextEquals("MODIFIED"u8) || json.ValueTextEquals("ADDED"u8))
            return WatchEventKind.Present;
        if (json.ValueTextEquals("DELETED"u8))
            return WatchEventKind.Deleted;
        if (json.ValueTextEquals("BOOKMARK"u8))
            return WatchEventKind.Bookmark;
        return json.ValueTextEquals("ERROR"u8) ? WatchEventKind.Error : throw new JsonException("an event is of no known type");
    }

    private static WatchEvent<T> Read(WatchEventKind kind, ref Utf8JsonReader json, ItemReader<T> read, StringCache strings)
    {
        if (kind == WatchEventKind.Error)
            return new(kind, null, "", ApiStatus.Read(ref json));
        if (kind == WatchEventKind.Bookmark)
            return new(kind, null, ReadVersion(ref json, strings), default);
        var item = read(ref json, strings);
        return new(kind, item, item.Meta.ResourceVersion, default);
    }

    private static string ReadVersion(ref Utf8JsonReader json, StringCache strings)
    {
        var version = "";
        json.RequireObject();
        while (json.NextField())
        {
            if (json.Is("metadata"u8))
                version = ObjectMeta.Read(ref json, strings).ResourceVersion;
            else
                json.SkipField();
        }

        return version;
    }
}
