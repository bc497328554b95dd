using System.Collections.Immutable;
using System.Globalization;
using Rollcall.Kubernetes.Objects;

namespace Rollcall.Kubernetes.Mapping;

/// <summary>The ports of a slice or pod as its endpoints carry them; made once and shared by all of them.</summary>
internal sealed class MappedPorts
{
    private readonly List<string> _names = [];

    private MappedPorts(SmallMap<int> ports, bool hasWanted, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        Ports = ports;
        HasWanted = hasWanted;
        Metadata = [.. metadata];
    }

    /// <summary>All ports, or the wanted one alone: then no caller can take another by its name.</summary>
    public SmallMap<int> Ports { get; }

    /// <summary>False when the wanted port is not among them.</summary>
    public bool HasWanted { get; }

    /// <summary>What is spoken on the ports, and all of them where <see cref="Ports"/> has only one.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Metadata { get; }

    /// <summary>For messages, such as <c>http (8080)</c>.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The ports that exist, and which of them was wanted.</summary>
    /// <param name="ports">An unnamed port gets the name <see cref="Endpoint.DefaultPortName"/>, further ones their number.</param>
    /// <param name="wanted">Null for all.</param>
    /// <param name="anyNumber">True where the list says nothing about ports that are not in it, as with those of a container: any number will do.</param>
    public static MappedPorts Create(ImmutableArray<ObjectPort> ports, WantedPort? wanted, bool anyNumber)
    {
        var all = new Dictionary<string, int>(StringComparer.Ordinal);
        var metadata = new List<KeyValuePair<string, string>>();
        foreach (var port in ports)
        {
            if (port.Number == 0)
                continue;
            var name = port.Name.Length > 0 ? port.Name : Endpoint.DefaultPortName;
            if (!all.TryAdd(name, port.Number) && !all.TryAdd(name = port.Number.ToString(CultureInfo.InvariantCulture), port.Number))
                continue;
            if (port.AppProtocol is "http" or "https")
                metadata.Add(new(EndpointMetadata.SchemePrefix + name, port.AppProtocol));
        }

        var chosen = Choose(all, wanted, anyNumber || all.Count == 0);
        if (wanted is not null && all.Count > 1)
            metadata.Add(new(EndpointMetadata.Ports, string.Join(',', all.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => $"{pair.Key}={pair.Value}"))));
        var mapped = new MappedPorts(new SmallMap<int>(chosen ?? []), chosen is not null, metadata);
        mapped._names.AddRange(all.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => $"{pair.Key} ({pair.Value})"));
        return mapped;
    }

    private static Dictionary<string, int>? Choose(Dictionary<string, int> all, WantedPort? wanted, bool anyNumber)
    {
        if (wanted is null)
            return all;
        if (wanted.Name is { } name)
            return all.TryGetValue(name, out var number) ? Only(name, number) : null;
        foreach (var (key, value) in all)
        {
            if (value == wanted.Number)
                return Only(key, value);
        }

        return anyNumber ? Only(Endpoint.DefaultPortName, wanted.Number) : null;
    }

    private static Dictionary<string, int> Only(string name, int number) => new(StringComparer.Ordinal) { [name] = number };
}
