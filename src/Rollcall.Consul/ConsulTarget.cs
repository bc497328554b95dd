using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Rollcall.Consul;

/// <summary>What a target means: the agents to ask (none: those configured), what to ask for, and how to read the answer.</summary>
/// <param name="Agents">Those the target names.</param>
/// <param name="Service">The service.</param>
/// <param name="Query">The part of the query that Consul answers, with the question mark; empty when there is none.</param>
/// <param name="Address">Which of an instance's tagged addresses to take; null for its own.</param>
/// <param name="IsNear">Whether the order of the answer is one of nearness.</param>
/// <param name="OnlyPassing">Whether a warning makes an instance not ready.</param>
internal sealed record ConsulTarget(ImmutableArray<Uri> Agents, string Service, string Query, string? Address, bool IsNear, bool OnlyPassing)
{
    private const int DefaultPort = 8500;
    private const int DefaultTlsPort = 8501;
    private const int MaxServiceLength = 256;
    private const string Example = "Example: consul:///orders, or consul://10.0.0.5:8500/orders?dc=eu&tag=v2.";

    /// <exception cref="ArgumentException">It is malformed.</exception>
    public static ConsulTarget Of(ServiceTarget target, ConsulSettings settings)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (target.Fragment.Length > 0)
            throw Malformed(target, "it takes no #fragment");
        var service = Uri.UnescapeDataString(target.Path);
        if (service.Length is 0 or > MaxServiceLength || service.Any(static c => char.IsControl(c) || c is '/') || service is "." or "..")
            throw Malformed(target, $"'{target.Path}' is no name of a service (1 to {MaxServiceLength} characters, no slash)");
        string? address = null;
        var onlyPassing = false;
        var asked = new List<KeyValuePair<string, string?>>
        {
            new("dc", settings.Options.Datacenter), new("ns", settings.Namespace), new("partition", settings.Partition), new("stale", settings.Options.AllowStale ? "" : null),
        };
        foreach (var (key, value) in target.Query)
        {
            if (value.Length == 0)
                throw Malformed(target, $"'{key}' is empty");
            switch (key)
            {
                case "dc" or "ns" or "partition" or "near" or "filter":
                    asked.RemoveAll(pair => string.Equals(pair.Key, key, StringComparison.Ordinal));
                    asked.Add(new(key, value));
                    break;
                case "tag":
                    asked.AddRange(value.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(static tag => KeyValuePair.Create("tag", (string?)tag)));
                    break;
                case "passing":
                    onlyPassing = value is "true" || (value is "false" ? false : throw Malformed(target, $"'passing' is '{value}', neither true nor false"));
                    break;
                case "address":
                    address = value;
                    break;
                default:
                    throw Malformed(target, $"there is no parameter '{key}'; there are address, dc, filter, near, ns, partition, passing and tag");
            }
        }

        var agents = ImmutableArray.CreateBuilder<Uri>();
        foreach (var text in target.Authority.Length == 0 ? [] : target.Authority.Split(','))
        {
            if (text.Contains('@', StringComparison.Ordinal))
                throw new ArgumentException($"A target of Consul is malformed: user, password or token do not belong into it. Configure them (Rollcall:Consul:TokenFile). {Example}", nameof(target));
            agents.Add(!text.Contains("://", StringComparison.Ordinal) && TryAgent(text, settings.UseTls, out var agent) ? agent : throw Malformed(target, $"'{text}' is no host with a port"));
        }

        return new ConsulTarget(agents.ToImmutable(), service, QueryText(asked), address, target.Query.ContainsKey("near"), onlyPassing);
    }

    /// <summary>Reads <c>host:port</c>, <c>host</c> or a URL of an agent.</summary>
    public static bool TryAgent(string text, bool useTls, [NotNullWhen(true)] out Uri? agent)
    {
        var isUrl = text.Contains("://", StringComparison.Ordinal);
        if (!Uri.TryCreate(isUrl ? text : $"{(useTls ? "https" : "http")}://{text}", UriKind.Absolute, out agent)
            || agent is not { Scheme: "http" or "https", UserInfo: "", PathAndQuery: "/", Fragment: "" } || agent.Host.Length == 0)
        {
            agent = null;
            return false;
        }

        // A port that is not written is Consul's, not that of the web.
        if (!isUrl && agent.IsDefaultPort && !text.EndsWith(agent.Scheme is "http" ? ":80" : ":443", StringComparison.Ordinal))
            agent = new UriBuilder(agent) { Port = useTls ? DefaultTlsPort : DefaultPort }.Uri;
        return true;
    }

    private static string QueryText(List<KeyValuePair<string, string?>> asked)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in asked)
        {
            if (value is null)
                continue;
            text.Append(text.Length == 0 ? '?' : '&').Append(key);
            if (value.Length > 0)
                text.Append('=').Append(Uri.EscapeDataString(value));
        }

        return text.ToString();
    }

    private static ArgumentException Malformed(ServiceTarget target, string problem) =>
        new($"The target {target} is malformed: {problem}. {Example}", nameof(target));
}
