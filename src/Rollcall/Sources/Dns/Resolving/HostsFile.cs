using System.Collections.Immutable;
using System.Net;

namespace Rollcall.Sources.Dns.Resolving;

/// <summary>The addresses of names that this machine knows by itself: <c>hosts</c>(5).</summary>
internal sealed class HostsFile
{
    /// <summary>The largest file there may be: lists of blocked names grow long.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private readonly Dictionary<string, ImmutableArray<IPAddress>> _addresses = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads the file; lines that make no sense are passed over.</summary>
    public static HostsFile Parse(string text)
    {
        var hosts = new HostsFile();
        foreach (var line in text.AsSpan().EnumerateLines())
            hosts.Add(line);
        return hosts;
    }

    /// <summary>The addresses of a name, in the order of the file; empty when it is not there.</summary>
    public ImmutableArray<IPAddress> Find(string name) => _addresses.GetValueOrDefault(name, []);

    private void Add(ReadOnlySpan<char> line)
    {
        var comment = line.IndexOf('#');
        if (comment >= 0)
            line = line[..comment];
        IPAddress? address = null;
        foreach (var range in line.SplitAny(' ', '\t', '\r'))
        {
            var word = line[range];
            if (word.IsEmpty)
                continue;
            if (address is null)
            {
                if (!IPAddress.TryParse(word, out address))
                    return;
                continue;
            }

            var name = word.TrimEnd('.').ToString();
            var known = _addresses.GetValueOrDefault(name, []);
            if (!known.Contains(address))
                _addresses[name] = known.Add(address);
        }
    }
}
