using System.Globalization;
using Rollcall.Servers;

namespace Rollcall.Consul.Health;

/// <summary>What Consul refuses, in words, with what to do.</summary>
internal static class ConsulRefusal
{
    private const int MaxSaid = 300;

    public static DiscoveryException Describe(string action, Uri agent, string service, int status, string said)
    {
        var text = string.Concat(said.Trim().Take(MaxSaid).Select(static c => char.IsControl(c) ? ' ' : c)).TrimEnd('.');
        var why = string.Create(CultureInfo.InvariantCulture, $"{status}{(text.Length > 0 ? ": " : "")}{text}");
        return new DiscoveryException($"Cannot {action}: {ServerFailure.NameOf(agent)} refuses ({why}). {Advice(status, said, service)}");
    }

    /// <summary>The permissions a token needs, as a policy to copy.</summary>
    public static string AclAdvice(string service) =>
        $"The token needs service:read on it and node:read on its nodes: service \"{service}\" {{ policy = \"read\" }} node_prefix \"\" {{ policy = \"read\" }}";

    private static string Advice(int status, string said, string service) => status switch
    {
        401 or 403 when said.Contains("ACL not found", StringComparison.OrdinalIgnoreCase) => "Consul does not know the token; renew it (Rollcall:Consul:TokenFile or CONSUL_HTTP_TOKEN).",
        401 or 403 => AclAdvice(service),
        429 => "It is asked too often and asks to be left alone for a while; fewer targets or a longer Rollcall:Consul:Wait help.",
        400 => "Correct the target's parameters.",
        500 when said.Contains("No path to datacenter", StringComparison.OrdinalIgnoreCase) => "Correct ?dc=, or join the datacenters.",
        500 when said.Contains("No cluster leader", StringComparison.OrdinalIgnoreCase) => "The servers have no leader (consul operator raft list-peers). Rollcall:Consul:AllowStale answers even then.",
        404 => "Is it Consul's HTTP API on this port?",
        _ => "See the agent's log.",
    };
}
