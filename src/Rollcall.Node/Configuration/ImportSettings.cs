using Rollcall.Node.Imports;

namespace Rollcall.Node.Configuration;

/// <summary>Collects what a file says under <c>imports</c>: <c>imports.SERVICE: TARGET</c>, or <c>imports.SERVICE.KEY</c>.</summary>
internal sealed class ImportSettings
{
    /// <summary>How their keys begin.</summary>
    public const string Prefix = "imports.";

    private readonly Dictionary<string, ImportOptions> _imports = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];

    /// <summary>Every import, in the order of the file.</summary>
    public IReadOnlyList<ImportOptions> All => [.. _order.Select(service => _imports[service])];

    /// <summary>Takes one; what is wrong with it, or null.</summary>
    public string? Add(ConfigurationEntry entry)
    {
        var path = entry.Key[Prefix.Length..].Split('.');
        if (!_imports.TryGetValue(path[0], out var import))
        {
            _order.Add(path[0]);
            _imports.Add(path[0], import = new ImportOptions(path[0], ""));
        }

        if (entry.Values is not [{ Length: > 0 } value] || path.Length > 2)
            return $"{entry.Key} must be a target, or a mapping with {Keys}";
        var after = (path.Length == 1 ? "target" : path[1]) switch
        {
            "target" => import with { Target = value },
            "fallback" => import with { Fallback = value },
            "fallbackAfter" => DurationText.TryParse(value, out var time) ? import with { FallbackAfter = time } : null,
            "metadata" => import with { Metadata = value },
            _ => null,
        };
        if (after is null)
            return path[1] == "fallbackAfter" ? $"{entry.Key} must be a duration, such as 2s" : $"unknown key {entry.Key}; an import has {Keys}";
        _imports[path[0]] = after;
        return null;
    }

    private static string Keys => "target, fallback, fallbackAfter and metadata";
}
