using System.Text.Json;
using Rollcall.Api;
using Rollcall.Registry;
using Rollcall.Registry.Engine;
using Rollcall.Registry.Watchers;

namespace Rollcall.Node.Rendering;

/// <summary>Writes answers to writes as <see cref="WriteDocument"/> and <see cref="DrainDocument"/> have them, and watchers.</summary>
internal static class WriteWriter
{
    /// <summary>The answer to a write; with the lease when it was a registration.</summary>
    public static void Write(Utf8JsonWriter json, InstanceKey key, long revision, TimeSpan? ttl = null)
    {
        Begin(json, key, revision);
        if (ttl is { } lease)
        {
            json.WriteStartObject("lease"u8);
            json.WriteString("ttl"u8, DurationText.Format(lease));
            json.WriteString("renewEvery"u8, DurationText.Format(lease / 3));
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>The answer to a drain.</summary>
    public static void Write(Utf8JsonWriter json, InstanceKey key, DrainResult result)
    {
        Begin(json, key, result.Write.Revision);
        json.WriteBoolean("complete"u8, result.Complete);
        json.WriteString("elapsed"u8, DurationText.Format(result.Elapsed));
        json.WriteNumber("watchers"u8, result.Watchers);
        json.WriteNumber("told"u8, result.Told);
        json.WriteStartArray("waiting"u8);
        foreach (var watcher in result.Waiting)
            WriteWatcher(json, watcher);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>One watcher as <see cref="WatcherDocument"/> has it.</summary>
    public static void WriteWatcher(Utf8JsonWriter json, WatcherInfo watcher)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, watcher.Id);
        json.WriteString("kind"u8, watcher.Kind == WatcherKind.Stream ? "stream"u8 : "poll"u8);
        json.WriteNumber("applied"u8, watcher.Applied);
        if (watcher.Remote is not null)
            json.WriteString("remote"u8, watcher.Remote);
        json.WriteString("since"u8, watcher.Since.UtcDateTime);
        json.WriteString("lastSeen"u8, watcher.LastSeen.UtcDateTime);
        json.WriteEndObject();
    }

    private static void Begin(Utf8JsonWriter json, InstanceKey key, long revision)
    {
        json.WriteStartObject();
        json.WriteString("service"u8, key.Service);
        json.WriteString("id"u8, key.Id);
        json.WriteNumber("revision"u8, revision);
    }
}
