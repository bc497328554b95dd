using System.Text.Json;
using Rollcall.Api;
using Rollcall.Node.Imports;
using Rollcall.Registry.Catalogs;
using Rollcall.Registry.Watchers;

namespace Rollcall.Node.Rendering;

/// <summary>Writes lists as <see cref="ServiceListDocument"/> and <see cref="WatchersDocument"/> have them.</summary>
internal static class ListWriter
{
    /// <summary>All services with their counts, those that nobody is left of too.</summary>
    public static void WriteServices(Utf8JsonWriter json, Catalog catalog, WatcherTable watchers, ImportTable imports)
    {
        // The revision first: the list may be newer than it says, never older.
        var revision = catalog.Revision;
        var services = catalog.KnownServices.ToArray();
        Array.Sort(services, static (a, b) => string.CompareOrdinal(a.Service, b.Service));
        json.WriteStartObject();
        json.WriteNumber("revision"u8, revision);
        json.WriteStartArray("services"u8);
        foreach (var service in services)
        {
            var counts = StateCounts.Of(service);
            json.WriteStartObject();
            json.WriteString("name"u8, service.Service);
            json.WriteNumber("instances"u8, service.Instances.Length);
            json.WriteNumber("ready"u8, counts.Ready);
            json.WriteNumber("draining"u8, counts.Draining);
            json.WriteNumber("notReady"u8, counts.NotReady);
            json.WriteNumber("watchers"u8, watchers.Count(service.Service));
            json.WriteNumber("revision"u8, service.Revision);
            if (imports.Of(service.Service) is { } import)
                WriteOrigin(json, import);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteOrigin(Utf8JsonWriter json, ImportStatus import)
    {
        json.WriteStartObject("origin"u8);
        json.WriteString("target"u8, import.Options.Target);
        json.WriteString("mode"u8, import.Mode);
        json.WriteString("freshness"u8, import.FreshnessText);
        if (import.Freshness.Reason is { } reason)
            json.WriteString("reason"u8, reason);
        if (import.ObservedAt is { } at)
            json.WriteString("observedAt"u8, at.UtcDateTime);
        if (!import.Rejected.IsEmpty)
        {
            json.WriteStartArray("rejected"u8);
            foreach (var rejected in import.Rejected)
                json.WriteStringValue(rejected);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    /// <summary>Who watches a service.</summary>
    public static void WriteWatchers(Utf8JsonWriter json, string service, long revision, IReadOnlyList<WatcherInfo> watchers)
    {
        json.WriteStartObject();
        json.WriteString("service"u8, service);
        json.WriteNumber("revision"u8, revision);
        json.WriteStartArray("watchers"u8);
        foreach (var watcher in watchers)
            WriteWriter.WriteWatcher(json, watcher);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
