using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;
using Rollcall.Watching;

namespace Rollcall.Sources;

/// <summary>
/// Endpoints from the section <c>Services</c> of an application's configuration, the form .NET Aspire writes: <c>configuration:///orders</c> reads
/// <c>Services:orders:http:0</c>, <c>Services:orders:admin:0</c> and so on, from environment variables such as <c>services__orders__http__0</c> or from a file.
/// Follows reloads of the configuration.
/// </summary>
/// <remarks>
/// Below the service come the names of its ports, below these a list of addresses (or just one). An endpoint is made of the first address of a host
/// under each name, of the second under each, and so on.
/// </remarks>
/// <param name="configuration">The root of the configuration.</param>
/// <param name="time">The clock; null for the system's.</param>
public sealed class ConfigurationSource(IConfiguration configuration, TimeProvider? time = null) : DiscoverySource(time)
{
    /// <summary>The section it reads.</summary>
    public const string Section = "Services";

    /// <summary>The scheme it answers for.</summary>
    public const string Scheme = "configuration";

    /// <inheritdoc />
    public override IReadOnlyCollection<string> Schemes { get; } = [Scheme];

    /// <summary>The services that have a section, as they are written there.</summary>
    public static IEnumerable<string> ServicesIn(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return configuration.GetSection(Section).GetChildren().Where(static service => service.GetChildren().Any()).Select(static service => service.Key);
    }

    /// <inheritdoc />
    public override void Validate(ServiceTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (target.Path.Length == 0 || target.Authority.Length > 0 || target.Query.Count > 0 || target.Fragment.Length > 0)
            throw new ArgumentException($"The target {target} is malformed: it takes the name of a service and nothing else. Example: {Scheme}:///orders.", nameof(target));
    }

    /// <inheritdoc />
    protected override async IAsyncEnumerable<SourceAnswer> ReadAsync(
        ServiceTarget target, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            // Asked for before reading: a reload while reading is then not missed.
            var token = configuration.GetReloadToken();
            var reloaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var registration = token.RegisterChangeCallback(static state => ((TaskCompletionSource)state!).TrySetResult(), reloaded);
            yield return Read(configuration.GetSection($"{Section}:{target.Path}"));
            await reloaded.Task.WaitAsync(cancellationToken);
        }
    }

    private static ImmutableArray<Endpoint> Read(IConfigurationSection service)
    {
        // By host, and by how often the host came before under the same name.
        var ports = new Dictionary<(string Host, int Occurrence), Dictionary<string, ConfiguredAddress>>();
        foreach (var port in service.GetChildren())
        {
            var occurrences = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
            foreach (var entry in port.Value is null ? port.GetChildren() : [port])
            {
                var address = ConfiguredAddress.Parse(entry);
                var occurrence = occurrences[address.Host] = occurrences.GetValueOrDefault(address.Host, -1) + 1;
                var key = (address.Host, occurrence);
                if (!ports.TryGetValue(key, out var named))
                    ports.Add(key, named = new Dictionary<string, ConfiguredAddress>(StringComparer.Ordinal));

                // Hosts in URIs are lower case, and so must be the names of ports in them.
                named[port.Key.ToLowerInvariant()] = address;
            }
        }

        return [.. ports.Select(static pair => ToEndpoint(pair.Key.Host, pair.Value)).DistinctBy(static endpoint => endpoint.Id, StringComparer.Ordinal)];
    }

    private static Endpoint ToEndpoint(string host, Dictionary<string, ConfiguredAddress> ports)
    {
        var first = ports.OrderBy(static port => port.Key, StringComparer.Ordinal).First().Value.Port;
        var bracketed = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        var schemes = ports
            .Where(static port => port.Value.Scheme is not null && port.Value.Scheme != port.Key)
            .Select(static port => KeyValuePair.Create(EndpointLabels.SchemePrefix + port.Key, port.Value.Scheme!));
        return new Endpoint(string.Create(CultureInfo.InvariantCulture, $"{bracketed}:{first}"), host, new SmallMap<int>(ports.Select(static port => KeyValuePair.Create(port.Key, port.Value.Port))))
        {
            Metadata = new SmallMap<string>(schemes),
        };
    }
}
