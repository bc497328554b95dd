using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Rollcall.Sources.Http;

/// <summary>What a list may look like.</summary>
internal enum HttpFormat
{
    /// <summary>By media type and shape.</summary>
    Any,

    /// <summary>A node's answer, or a list as in a file of services.</summary>
    Rollcall,

    /// <summary>Target groups, as Prometheus' http_sd has them.</summary>
    Prometheus,
}

/// <summary>What a target means: the URL to fetch, the shape to expect, the service to take from it.</summary>
internal sealed record HttpTarget(Uri Url, HttpFormat Format, string Service)
{
    /// <summary>The one key of the query that is ours; all others belong to the server.</summary>
    public const string FormatKey = "format";

    private const string Example = "Example: https://registry.example/targets?format=prometheus, or http://10.0.0.5:7655/api/services/orders.";

    /// <exception cref="ArgumentException">It is malformed.</exception>
    public static HttpTarget Of(ServiceTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var format = HttpFormat.Any;
        var query = new StringBuilder();
        foreach (var (key, value) in target.Query)
        {
            if (key is FormatKey)
            {
                format = value switch
                {
                    "rollcall" => HttpFormat.Rollcall,
                    "prometheus" => HttpFormat.Prometheus,
                    _ => throw Malformed(target, $"there is no format '{value}'; there are rollcall and prometheus"),
                };
                continue;
            }

            query.Append(query.Length == 0 ? '?' : '&').Append(Uri.EscapeDataString(key)).Append('=').Append(Uri.EscapeDataString(value));
        }

        if (!TryUrl($"{target.Scheme}://{target.Authority}/{target.Path}{query}", out var url))
            throw Malformed(target, $"'{target.Authority}' is no host with a port");
        if (url.UserInfo.Length > 0)
            throw new ArgumentException($"A target of {target.Scheme}://{url.Authority} is malformed: user and password do not belong into it. Configure them for the server (Rollcall:Http:Servers). {Example}", nameof(target));
        return new HttpTarget(url, format, Uri.UnescapeDataString(target.Fragment));
    }

    /// <summary>The service whose endpoints are meant where an answer names several: that behind <c>#</c>, else the query's <c>service</c>, else empty.</summary>
    public string NamedService(ServiceTarget target) =>
        Service.Length > 0 ? Service : target.Query.TryGetValue("service", out var service) ? service : "";

    private static bool TryUrl(string text, [NotNullWhen(true)] out Uri? url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url) && url.Host.Length > 0;

    private static ArgumentException Malformed(ServiceTarget target, string problem) =>
        new($"The target {target} is malformed: {problem}. {Example}", nameof(target));
}
