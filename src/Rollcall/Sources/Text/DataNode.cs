using System.Collections.Immutable;

namespace Rollcall.Sources.Text;

/// <summary>A node of a YAML or JSON document with the place where it begins (1-based).</summary>
internal abstract record DataNode(int Line, int Column);

/// <summary>A string, number, boolean, or nothing (<see cref="Text"/> is null).</summary>
internal sealed record ScalarNode(string? Text, int Line, int Column) : DataNode(Line, Column);

internal sealed record ListNode(ImmutableArray<DataNode> Items, int Line, int Column) : DataNode(Line, Column);

/// <summary>Entries in the order of the document; keys occur once.</summary>
internal sealed record MapNode(ImmutableArray<KeyValuePair<ScalarNode, DataNode>> Entries, int Line, int Column) : DataNode(Line, Column);

/// <summary>What a document may hold at most, so that a hostile or mistaken file costs neither memory nor stack.</summary>
internal static class DataLimits
{
    public const int MaxBytes = 1024 * 1024;

    public const int MaxDepth = 16;

    // A full service has 10,000 endpoints of some ten nodes each.
    public const int MaxNodes = 250_000;
}

/// <summary>A document that cannot be read, and where.</summary>
internal sealed class DataFormatException(string message, int line, int column, Exception? innerException = null) : Exception(message, innerException)
{
    public int Line { get; } = line;

    public int Column { get; } = column;

    public static DataFormatException At(DataNode node, string message) => new(message, node.Line, node.Column);
}

/// <summary>Builds nested nodes from a flat stream of tokens, holding the limits; shared by the readers of both formats.</summary>
internal sealed class DataBuilder
{
    private readonly Stack<Container> _open = new();
    private int _nodes;

    /// <summary>The finished document; null until its root is complete.</summary>
    public DataNode? Root { get; private set; }

    public void OpenList(int line, int column) => Open(new Container(isMap: false, line, column));

    public void OpenMap(int line, int column) => Open(new Container(isMap: true, line, column));

    public void Close()
    {
        var closed = _open.Pop();
        Add(closed.ToNode());
    }

    public void AddScalar(string? text, int line, int column)
    {
        Count(line, column);
        var scalar = new ScalarNode(text, line, column);
        if (_open.TryPeek(out var container) && container.IsMap && container.PendingKey is null)
            container.SetKey(scalar);
        else
            Add(scalar);
    }

    private void Open(Container container)
    {
        Count(container.Line, container.Column);
        if (_open.Count == DataLimits.MaxDepth)
            throw new DataFormatException($"nested deeper than {DataLimits.MaxDepth} levels", container.Line, container.Column);
        if (_open.TryPeek(out var parent) && parent.IsMap && parent.PendingKey is null)
            throw new DataFormatException("a key must be plain text", container.Line, container.Column);
        _open.Push(container);
    }

    private void Add(DataNode node)
    {
        if (!_open.TryPeek(out var parent))
            Root = node;
        else
            parent.Add(node);
    }

    private void Count(int line, int column)
    {
        if (++_nodes > DataLimits.MaxNodes)
            throw new DataFormatException($"more than {DataLimits.MaxNodes} values", line, column);
    }

    private sealed class Container(bool isMap, int line, int column)
    {
        private readonly ImmutableArray<DataNode>.Builder _items = ImmutableArray.CreateBuilder<DataNode>();
        private readonly ImmutableArray<KeyValuePair<ScalarNode, DataNode>>.Builder _entries = ImmutableArray.CreateBuilder<KeyValuePair<ScalarNode, DataNode>>();
        private readonly HashSet<string> _keys = new(StringComparer.Ordinal);

        public bool IsMap => isMap;

        public int Line => line;

        public int Column => column;

        public ScalarNode? PendingKey { get; private set; }

        public void SetKey(ScalarNode key)
        {
            if (string.IsNullOrEmpty(key.Text))
                throw DataFormatException.At(key, "a key is empty");
            if (!_keys.Add(key.Text))
                throw DataFormatException.At(key, $"the key '{key.Text}' occurs twice in one map");
            PendingKey = key;
        }

        public void Add(DataNode node)
        {
            if (!isMap)
            {
                _items.Add(node);
                return;
            }

            _entries.Add(new(PendingKey!, node));
            PendingKey = null;
        }

        public DataNode ToNode() => isMap ? new MapNode(_entries.ToImmutable(), line, column) : new ListNode(_items.ToImmutable(), line, column);
    }
}
