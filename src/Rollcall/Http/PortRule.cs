using System.Globalization;

namespace Rollcall.Http;

/// <summary>
/// Which port of an endpoint a request is for: the one it names; else the one called like its scheme; else the only one there is.
/// </summary>
internal sealed class PortRule(RequestScheme scheme, string? port)
{
    /// <summary>Scheme, host and port to send to, such as <c>http://10.0.0.5:8080</c>; null when the endpoint has no such port.</summary>
    public string? Authority(Endpoint endpoint)
    {
        int number;
        if (port is not null)
            return endpoint.Ports.TryGetValue(port, out number) ? Authority(endpoint, port, number) : null;
        foreach (var name in scheme.PortNames)
        {
            if (endpoint.Ports.TryGetValue(name, out number))
                return Authority(endpoint, name, number);
        }

        if (endpoint.Ports.Count != 1)
            return null;
        var (only, onlyNumber) = endpoint.Ports.AsSpan()[0];

        // Never in the clear to a port that is said to be encrypted. The other way round is allowed: "http" is what a port is called when nobody called it anything.
        return only == Uri.UriSchemeHttps && !scheme.PortNames.Contains(Uri.UriSchemeHttps, StringComparer.Ordinal) ? null : Authority(endpoint, only, onlyNumber);
    }

    /// <summary>Why none of the endpoints has the port, naming those they have.</summary>
    public string Explain(IEnumerable<Endpoint> endpoints)
    {
        var names = string.Join(", ", endpoints.SelectMany(static endpoint => endpoint.Ports.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        return port is not null
            ? $"no endpoint has a port '{port}'; there are: {names}"
            : $"no endpoint has a port '{string.Join("' or '", scheme.PortNames)}' or a single one; there are: {names}. Say which, as in {scheme.Text}://_NAME.SERVICE/";
    }

    private string Authority(Endpoint endpoint, string name, int number)
    {
        var host = endpoint.Host.Contains(':', StringComparison.Ordinal) ? $"[{endpoint.Host}]" : endpoint.Host;
        return string.Create(CultureInfo.InvariantCulture, $"{Spoken(endpoint, name)}://{host}:{number}");
    }

    private string Spoken(Endpoint endpoint, string name)
    {
        if (!scheme.IsComposite)
            return scheme.Text;
        var said = endpoint.Metadata.TryGetValue(EndpointLabels.SchemePrefix + name, out var label) ? label : name;
        if (scheme.Allowed.Contains(said, StringComparer.Ordinal))
            return said;

        // A port that says nothing is taken to speak plain HTTP: encryption is something one sets up, and then names.
        return "http";
    }
}
