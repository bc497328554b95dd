using System.Collections.Immutable;
using System.Text.Json;
using Rollcall.Kubernetes.Objects;

namespace Rollcall.Kubernetes.Api;

/// <summary>One page of a list.</summary>
/// <param name="Items">Its objects.</param>
/// <param name="Version">The version of the collection: a watch goes on from there.</param>
/// <param name="Continue">What asks for the next page; null on the last.</param>
internal sealed record ListPage<T>(ImmutableArray<T> Items, string Version, string? Continue)
{
    /// <summary>How long it was.</summary>
    public int Bytes { get; private init; }

    /// <exception cref="JsonException">It is no list.</exception>
    public static ListPage<T> Parse(ReadOnlySpan<byte> utf8, ItemReader<T> read, StringCache strings)
    {
        ImmutableArray<T> items = [];
        string? version = null, next = null;
        var json = new Utf8JsonReader(utf8);
        if (!json.Read())
            throw new JsonException("it is empty");
        json.RequireObject();
        while (json.NextField())
        {
            if (json.Is("items"u8))
                items = json.List(strings, read);
            else if (json.Is("metadata"u8))
                (version, next) = ReadMeta(ref json);
            else
                json.SkipField();
        }

        return string.IsNullOrEmpty(version)
            ? throw new JsonException("there is no metadata.resourceVersion in it")
            : new ListPage<T>(items, version, string.IsNullOrEmpty(next) ? null : next) { Bytes = utf8.Length };
    }

    private static (string? Version, string? Continue) ReadMeta(ref Utf8JsonReader json)
    {
        string? version = null, next = null;
        if (json.EnterObject())
        {
            while (json.NextField())
            {
                if (json.Is("resourceVersion"u8))
                    version = json.Text();
                else if (json.Is("continue"u8))
                    next = json.Text();
                else
                    json.SkipField();
            }
        }

        return (version, next);
    }
}
