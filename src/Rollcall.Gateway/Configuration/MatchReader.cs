using System.Collections.Immutable;
using Microsoft.AspNetCore.Routing.Patterns;
using Rollcall.Sources.Text;

namespace Rollcall.Gateway.Configuration;

/// <summary>Reads which requests a route takes.</summary>
internal static class MatchReader
{
    public static RouteMatchConfig Read(Section route) => new()
    {
        Hosts = ReadHosts(route),
        Path = ReadPath(route),
        Methods = ReadMethods(route),
        Headers = ReadFields(route, "headers"),
        Query = ReadFields(route, "query"),
    };

    private static ImmutableArray<string> ReadHosts(Section route)
    {
        var hosts = ImmutableArray.CreateBuilder<string>();
        foreach (var (text, place) in route.Texts("host"))
        {
            var name = text.StartsWith("*.", StringComparison.Ordinal) ? text[2..] : text;
            var colon = name.LastIndexOf(':');
            var host = colon > 0 && !name.EndsWith(']') ? name[..colon] : name;
            if (Uri.CheckHostName(host.Trim('[', ']')) == UriHostNameType.Unknown)
                route.Fail(place, $"host: '{text}' is no host; write shop.example, *.shop.example or shop.example:8443");
            else
                hosts.Add(text);
        }

        return hosts.DrainToImmutable();
    }

    private static string? ReadPath(Section route)
    {
        if (route.Text("path") is not { } text)
            return null;
        try
        {
            if (!text.StartsWith('/'))
                route.Fail("path", $"path: '{text}' must begin with /");
            RoutePatternFactory.Parse(text);
        }
        catch (RoutePatternException error)
        {
            route.Fail("path", $"path: '{text}' is no pattern: {error.Message.TrimEnd('.')}");
        }

        return text;
    }

    private static ImmutableArray<string> ReadMethods(Section route)
    {
        var methods = ImmutableArray.CreateBuilder<string>();
        foreach (var (text, place) in route.Texts("methods"))
        {
            if (HttpNames.IsToken(text))
                methods.Add(text);
            else
                route.Fail(place, $"methods: '{text}' is no method; write GET, POST and so on");
        }

        return methods.DrainToImmutable();
    }

    private static ImmutableArray<FieldMatchConfig> ReadFields(Section route, string key)
    {
        var fields = ImmutableArray.CreateBuilder<FieldMatchConfig>();
        foreach (var (name, value) in route.Map(key)?.Entries ?? [])
        {
            if (!HttpNames.IsToken(name.Text!))
                route.Fail(name, $"{key}: '{name.Text}' is no name");
            else if (ReadField(route, key, name.Text!, value) is { } field)
                fields.Add(field);
        }

        return fields.DrainToImmutable();
    }

    // A text or a list means one of these exactly; a map says otherwise.
    private static FieldMatchConfig? ReadField(Section route, string key, string name, DataNode value)
    {
        if (value is not MapNode map)
            return Values(route, key, name, value) is { IsEmpty: false } values ? new(name, FieldMatch.Exact, values) : null;
        if (map.Entries is [var (how, what)])
        {
            switch (how.Text)
            {
                case "exists" when what is ScalarNode { Text: "true" }:
                    return new(name, FieldMatch.Exists, []);
                case "exists" when what is ScalarNode { Text: "false" }:
                    return new(name, FieldMatch.NotExists, []);
                case "exact":
                    return new(name, FieldMatch.Exact, Values(route, key, name, what));
                case "prefix":
                    return new(name, FieldMatch.Prefix, Values(route, key, name, what));
                case "contains":
                    return new(name, FieldMatch.Contains, Values(route, key, name, what));
                case "notContains":
                    return new(name, FieldMatch.NotContains, Values(route, key, name, what));
            }
        }

        route.Fail(map, $"{key}: '{name}' must be a text, a list of texts, or a map with one of exact, prefix, contains, notContains, exists: true or exists: false");
        return null;
    }

    private static ImmutableArray<string> Values(Section route, string key, string name, DataNode value)
    {
        var items = value is ListNode list ? list.Items : [value];
        if (items.Length > 0 && items.All(static item => item is ScalarNode { Text.Length: > 0 }))
            return [.. items.Select(static item => ((ScalarNode)item).Text!)];
        route.Fail(value, $"{key}: '{name}' must have at least one text");
        return [];
    }
}
