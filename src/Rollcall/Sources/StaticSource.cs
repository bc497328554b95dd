using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Rollcall.Sources.Text;
using Rollcall.Watching;

namespace Rollcall.Sources;

/// <summary>
/// Endpoints written into the target itself: <c>static:///a:80,b:80</c>, or bare <c>host:port</c>, <c>http://host</c>. They never change.
/// </summary>
/// <remarks>
/// Each is <c>host:port</c> or <c>http(s)://host[:port]</c>, IPv6 in brackets, optionally with <c>;weight=50</c> and <c>;zone=a</c>. Its id is <c>host:port</c>.
/// With a scheme the port is named after it (<c>http</c>, <c>https</c>), without one <c>http</c>.
/// </remarks>
/// <param name="time">The clock; null for the system's.</param>
public sealed class StaticSource(TimeProvider? time = null) : DiscoverySource(time)
{
    private const string Example = "Example: static:///10.0.0.5:8080,10.0.0.6:8080.";

    /// <inheritdoc />
    public override IReadOnlyCollection<string> Schemes { get; } = ["static"];

    /// <inheritdoc />
    public override void Validate(ServiceTarget target) => Parse(target);

    /// <inheritdoc />
    protected override async IAsyncEnumerable<SourceAnswer> ReadAsync(
        ServiceTarget target, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return Parse(target);
        await Task.Delay(Timeout.InfiniteTimeSpan, Time, cancellationToken);
    }

    private static ImmutableArray<Endpoint> Parse(ServiceTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (target.Authority.Length > 0)
            throw Malformed(target, $"the endpoints belong behind three slashes, static:///{target.Authority}");
        if (target.Query.Count > 0 || target.Fragment.Length > 0)
            throw Malformed(target, "it takes no ?parameters and no #fragment; those of an endpoint are written host:port;weight=50");
        var endpoints = ImmutableArray.CreateBuilder<Endpoint>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var text in target.Path.Split(','))
        {
            if (!EndpointText.TryParse(text, out var endpoint, out var error))
                throw Malformed(target, error);
            if (!ids.Add(endpoint.Id))
                throw Malformed(target, $"{endpoint.Id} is named twice; name it once");
            endpoints.Add(endpoint);
        }

        return endpoints.ToImmutable();
    }

    private static ArgumentException Malformed(ServiceTarget target, string problem) =>
        new($"The target {target} is malformed: {problem}. {Example}", nameof(target));
}
