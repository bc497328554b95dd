using Rollcall.Api;

namespace Rollcall.Registration;

/// <summary>One instance of a service as its owner announces it. Immutable.</summary>
/// <example><code>
/// new Announcement("orders", "orders-1", "10.0.0.5") { Ports = new Dictionary&lt;string, int&gt; { ["http"] = 8080 } }
/// </code></example>
/// <param name="Service">The service: one DNS label.</param>
/// <param name="Id">Identity inside the service: DNS labels joined by dots, at most 128 characters.</param>
/// <param name="Address">An IP address or host name that others can reach, without a port.</param>
public sealed record Announcement(string Service, string Id, string Address)
{
    /// <summary>The lease of an announcement that names none.</summary>
    public static readonly TimeSpan DefaultTtl = TimeSpan.FromSeconds(10);

    /// <summary>Port numbers (1 to 65535) by name; at least one.</summary>
    public required IReadOnlyDictionary<string, int> Ports { get; init; }

    /// <summary>How long the registration outlives the process, 1 s to 24 h. Default 10 s. It is renewed every third of this.</summary>
    public TimeSpan Ttl { get; init; } = DefaultTtl;

    /// <summary>Share of traffic relative to its siblings, 0 to 100. Default 100.</summary>
    public int Weight { get; init; } = Endpoint.DefaultWeight;

    /// <summary>The failure domain it runs in.</summary>
    public string? Zone { get; init; }

    /// <summary>The machine it runs on.</summary>
    public string? Node { get; init; }

    /// <summary>Labels that filters read.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = SmallMap<string>.Empty;

    /// <summary>Checks the node makes; with checks the instance is not ready until the first pass.</summary>
    public IReadOnlyList<CheckDocument> Checks { get; init; } = [];

    /// <summary>
    /// What to do when another owner holds the id, such as this process's predecessor that was killed and whose lease has not lapsed yet.
    /// True: announce under the id with a random suffix, at once. False (default): try again until the id is free.
    /// </summary>
    public bool RenameOnConflict { get; init; }

    internal RegistrationDocument ToDocument() => new()
    {
        Address = Address,
        Ports = Ports,
        Ttl = DurationText.Format(Ttl),
        Weight = Weight,
        Zone = Zone,
        Node = Node,
        Metadata = Metadata.Count == 0 ? null : Metadata,
        Checks = Checks.Count == 0 ? null : Checks,
    };

    /// <summary>Every rule this breaks, in words; empty when none. The node checks the rest.</summary>
    internal IEnumerable<string> Violations()
    {
        if (!NameRules.IsLabel(Service))
            yield return $"The service '{Service}' must be 1 to {NameRules.MaxLabelLength} lower-case letters, digits and hyphens, with a letter or digit at both ends.";
        if (!NameRules.IsId(Id))
            yield return $"The instance id '{Id}' must be lower-case letters, digits, hyphens and dots, at most {NameRules.MaxIdLength} characters.";
        if (string.IsNullOrWhiteSpace(Address))
            yield return "The address is missing; name the IP address or host name others reach this instance by.";
        if (Ports.Count == 0)
            yield return "No port is named; name at least one, such as http.";
        foreach (var (name, port) in Ports)
        {
            if (!NameRules.IsLabel(name))
                yield return $"The port name '{name}' must be 1 to {NameRules.MaxLabelLength} lower-case letters, digits and hyphens.";
            if (port is < 1 or > 65535)
                yield return $"The port {name} is {port}; it must be 1 to 65535.";
        }

        if (Ttl < TimeSpan.FromSeconds(1) || Ttl > TimeSpan.FromHours(24))
            yield return $"The ttl is {Ttl}; it must be 1 s to 24 h.";
        if (Weight is < 0 or > 100)
            yield return $"The weight is {Weight}; it must be 0 to 100.";
        if (Zone is not null && !NameRules.IsLabel(Zone))
            yield return $"The zone '{Zone}' must be 1 to {NameRules.MaxLabelLength} lower-case letters, digits and hyphens.";
    }
}
