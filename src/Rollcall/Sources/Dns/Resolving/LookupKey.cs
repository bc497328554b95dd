using System.Net;

namespace Rollcall.Sources.Dns.Resolving;

/// <summary>What is looked for by a lookup.</summary>
internal enum LookupKind
{
    Addresses,
    Services,
}

/// <summary>One lookup, as a key whose hash is computed once.</summary>
/// <param name="kind">For what.</param>
/// <param name="name">About what: lower case, perhaps with a dot at the end.</param>
/// <param name="family">Which addresses.</param>
/// <param name="server">Who alone is asked, the name then being taken as it is; null for the machine's own way of looking.</param>
internal sealed class LookupKey(LookupKind kind, string name, DnsAddressFamily family, IPEndPoint? server) : IEquatable<LookupKey>
{
    private readonly int _hash = HashCode.Combine(kind, name, family, server);

    public LookupKind Kind => kind;

    public string Name => name;

    public DnsAddressFamily Family => family;

    public IPEndPoint? Server => server;

    public bool Equals(LookupKey? other) =>
        ReferenceEquals(this, other)
        || (other is not null
            && _hash == other._hash
            && kind == other.Kind
            && family == other.Family
            && string.Equals(name, other.Name, StringComparison.Ordinal)
            && Equals(server, other.Server));

    public override bool Equals(object? obj) => Equals(obj as LookupKey);

    public override int GetHashCode() => _hash;
}
