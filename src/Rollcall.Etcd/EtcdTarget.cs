using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Rollcall.Etcd;

/// <summary>What a target means: the members to ask (none: those configured) and the directory of keys to read.</summary>
internal sealed record EtcdTarget(ImmutableArray<Uri> Members, string Directory)
{
    private const int DefaultPort = 2379;
    private const int MaxDirectoryBytes = 1024;
    private const string Example = "Example: etcd:///orders, or etcd://10.0.0.5:2379,10.0.0.6:2379/orders?prefix=/services/.";

    /// <param name="target">The target.</param>
    /// <param name="prefix">What stands before the service where the target does not say.</param>
    /// <param name="useTls">Whether its members are asked by https.</param>
    /// <exception cref="ArgumentException">It is malformed.</exception>
    public static EtcdTarget Of(ServiceTarget target, string prefix, bool useTls)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (target.Fragment.Length > 0)
            throw Malformed(target, "it takes no #fragment");
        foreach (var (key, value) in target.Query)
        {
            if (key is not "prefix")
                throw Malformed(target, $"there is no parameter '{key}'; there is prefix");
            prefix = value;
        }

        var service = Uri.UnescapeDataString(target.Path).TrimEnd('/');
        var directory = $"{prefix}{service}/";
        if (service.Length == 0)
            throw Malformed(target, "it names no service");
        if (directory.Any(char.IsControl) || Encoding.UTF8.GetByteCount(directory) > MaxDirectoryBytes)
            throw Malformed(target, $"prefix and service must have at most {MaxDirectoryBytes} bytes and no control characters");
        var members = ImmutableArray.CreateBuilder<Uri>();
        foreach (var text in target.Authority.Length == 0 ? [] : target.Authority.Split(','))
        {
            if (text.Contains('@', StringComparison.Ordinal))
                throw new ArgumentException($"A target of etcd is malformed: user and password do not belong into it. Configure them (Rollcall:Etcd:Username, PasswordFile). {Example}", nameof(target));
            members.Add(!text.Contains("://", StringComparison.Ordinal) && TryMember(text, useTls, out var member) ? member : throw Malformed(target, $"'{text}' is no host with a port"));
        }

        return new EtcdTarget(members.ToImmutable(), directory);
    }

    /// <summary>Reads <c>host:port</c>, <c>host</c> or a URL of a member.</summary>
    public static bool TryMember(string text, bool useTls, [NotNullWhen(true)] out Uri? member)
    {
        var isUrl = text.Contains("://", StringComparison.Ordinal);
        if (!Uri.TryCreate(isUrl ? text : $"{(useTls ? "https" : "http")}://{text}", UriKind.Absolute, out member)
            || member is not { Scheme: "http" or "https", UserInfo: "", PathAndQuery: "/", Fragment: "" } || member.Host.Length == 0)
        {
            member = null;
            return false;
        }

        // A port that is not written is etcd's, not that of the web.
        if (!isUrl && member.IsDefaultPort && !text.EndsWith(member.Scheme is "http" ? ":80" : ":443", StringComparison.Ordinal))
            member = new UriBuilder(member) { Port = DefaultPort }.Uri;
        return true;
    }

    private static ArgumentException Malformed(ServiceTarget target, string problem) =>
        new($"The target {target} is malformed: {problem}. {Example}", nameof(target));
}
