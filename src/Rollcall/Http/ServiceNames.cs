using System.Collections.Frozen;

namespace Rollcall.Http;

/// <summary>
/// Which host names are services, and where each is to be found. Immutable. First what was configured by name, then the default scheme for
/// any other name of a single label; every other host is left alone.
/// </summary>
internal sealed class ServiceNames
{
    private readonly FrozenDictionary<string, ServiceTarget> _targets;
    private readonly string? _defaultScheme;

    public ServiceNames(IEnumerable<KeyValuePair<string, ServiceTarget>> targets, string? defaultScheme)
    {
        _targets = targets.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        _defaultScheme = defaultScheme;
    }

    /// <summary>No name at all.</summary>
    public static ServiceNames None { get; } = new([], null);

    /// <summary>The names configured one by one, sorted.</summary>
    public IEnumerable<string> Configured => _targets.Keys.Order(StringComparer.Ordinal);

    /// <summary>Where to find the service of that name; null when the name is none.</summary>
    public ServiceTarget? Find(string service)
    {
        if (_targets.TryGetValue(service, out var target))
            return target;

        // An address is no label: it has dots or colons. "localhost" is one, but means this machine to everybody.
        return _defaultScheme is not null && NameRules.IsLabel(service) && !string.Equals(service, "localhost", StringComparison.Ordinal)
            ? ServiceTarget.Parse($"{_defaultScheme}:///{service}")
            : null;
    }
}
