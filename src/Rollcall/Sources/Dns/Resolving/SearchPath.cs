using Rollcall.Sources.Dns.Wire;

namespace Rollcall.Sources.Dns.Resolving;

/// <summary>Under which full names a name is looked for, in order (resolv.conf(5), <c>search</c> and <c>ndots</c>).</summary>
internal static class SearchPath
{
    /// <summary>A name that ends in a dot is taken as it is and nothing else.</summary>
    public static IEnumerable<string> NamesOf(string name, ResolvConf conf)
    {
        if (name.EndsWith('.'))
            return [name.TrimEnd('.')];
        var suffixed = conf.Search.Select(suffix => $"{name}.{suffix}").Where(static full => DnsName.IsHostName(full));
        IEnumerable<string> all = name.AsSpan().Count('.') >= conf.Ndots ? [name, .. suffixed] : [.. suffixed, name];
        return all.Distinct(StringComparer.Ordinal);
    }
}
