using Rollcall.Sources.Text;

namespace Rollcall.Kubernetes.Clusters;

/// <summary>One map of a kubeconfig. Fields it does not know are none of our business: the format belongs to others and grows.</summary>
internal sealed class KubeEntry
{
    private readonly Dictionary<string, DataNode> _fields = new(StringComparer.Ordinal);
    private readonly DataNode _node;
    private readonly string _file;

    /// <exception cref="DataFormatException">It is no map.</exception>
    public KubeEntry(DataNode node, string file, string what)
    {
        _node = node;
        _file = file;
        var map = node as MapNode ?? throw DataFormatException.At(node, $"{what} must be a map");
        foreach (var (key, value) in map.Entries)
            _fields[key.Text!] = value;
    }

    /// <summary>What relative paths in it are relative to.</summary>
    public string Directory => System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(_file)) ?? "/";

    public string? Text(string name) => _fields.TryGetValue(name, out var value)
        ? (value as ScalarNode ?? throw DataFormatException.At(value, $"'{name}' must be text")).Text
        : null;

    public string Required(string name) => Text(name) is { Length: > 0 } text ? text : throw Wrong(name, "is missing");

    public bool Flag(string name) => Text(name) switch
    {
        null or "false" => false,
        "true" => true,
        _ => throw Wrong(name, "must be true or false"),
    };

    public KubeEntry? Map(string name) => _fields.TryGetValue(name, out var value) && value is not ScalarNode { Text: null } ? new KubeEntry(value, _file, $"'{name}'") : null;

    public IEnumerable<KubeEntry> List(string name) => Items(name).Select(item => new KubeEntry(item, _file, $"an item of '{name}'"));

    public IReadOnlyList<string> Texts(string name) =>
        [.. Items(name).Select(item => (item as ScalarNode)?.Text ?? throw DataFormatException.At(item, $"an item of '{name}' must be text"))];

    public string? Path(string name) => Text(name) is { Length: > 0 } path ? System.IO.Path.Combine(Directory, path) : null;

    /// <summary>An absolute URL without user and password.</summary>
    public Uri? Address(string name)
    {
        if (Text(name) is not { Length: > 0 } text)
            return null;
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Host.Length > 0
            ? url
            : throw Wrong(name, "is no absolute URL; write it like https://10.0.0.1:6443");
    }

    /// <summary>What <c>NAME-data</c> holds in base64, else the file that <c>NAME</c> names.</summary>
    public PemSource? Pem(string name)
    {
        if (Text($"{name}-data") is not { Length: > 0 } data)
            return Path(name) is { } file ? new PemSource(file, null) : null;
        try
        {
            return new PemSource(null, Convert.FromBase64String(data));
        }
        catch (FormatException)
        {
            throw Wrong($"{name}-data", "is no base64");
        }
    }

    /// <summary>A refusal that says where the field is; never its value, which may be secret.</summary>
    public DataFormatException Wrong(string name, string problem) =>
        DataFormatException.At(_fields.TryGetValue(name, out var value) ? value : _node, $"'{name}' {problem}");

    private System.Collections.Immutable.ImmutableArray<DataNode> Items(string name) => _fields.TryGetValue(name, out var value) switch
    {
        false => [],
        true when value is ScalarNode { Text: null } => [],
        _ => (value as ListNode ?? throw DataFormatException.At(value!, $"'{name}' must be a list")).Items,
    };
}
