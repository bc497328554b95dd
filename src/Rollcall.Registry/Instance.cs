using System.Collections.Immutable;

namespace Rollcall.Registry;

/// <summary>What an owner says of an instance when it registers it.</summary>
public sealed record InstanceRegistration
{
    /// <summary>The lease of a registration that names none.</summary>
    public static readonly TimeSpan DefaultTtl = TimeSpan.FromSeconds(10);

    /// <summary>The service.</summary>
    public required string Service { get; init; }

    /// <summary>Identity inside the service.</summary>
    public required string Id { get; init; }

    /// <summary>Host or IP address, without a port.</summary>
    public required string Address { get; init; }

    /// <summary>Port numbers by name; at least one.</summary>
    public required SmallMap<int> Ports { get; init; }

    /// <summary>How long the lease lasts without renewal. Default 10 s.</summary>
    public TimeSpan Ttl { get; init; } = DefaultTtl;

    /// <summary>Share of traffic, 0 to 100. Default 100.</summary>
    public int Weight { get; init; } = Endpoint.DefaultWeight;

    /// <summary>Failure domain.</summary>
    public string? Zone { get; init; }

    /// <summary>Machine it runs on.</summary>
    public string? Node { get; init; }

    /// <summary>Labels.</summary>
    public SmallMap<string> Metadata { get; init; } = SmallMap<string>.Empty;

    /// <summary>Checks the node makes.</summary>
    public ImmutableArray<CheckDefinition> Checks { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>True when both say the same; checks are compared by content.</summary>
    public bool Equals(InstanceRegistration? other) =>
        ReferenceEquals(this, other)
        || (other is not null
            && string.Equals(Service, other.Service, StringComparison.Ordinal)
            && string.Equals(Id, other.Id, StringComparison.Ordinal)
            && string.Equals(Address, other.Address, StringComparison.Ordinal)
            && Ports.Equals(other.Ports)
            && Ttl == other.Ttl
            && Weight == other.Weight
            && string.Equals(Zone, other.Zone, StringComparison.Ordinal)
            && string.Equals(Node, other.Node, StringComparison.Ordinal)
            && Metadata.Equals(other.Metadata)
            && AreSame(Checks, other.Checks));

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Service, Id, Address, Ports, Ttl);

    private static bool AreSame(ImmutableArray<CheckDefinition> a, ImmutableArray<CheckDefinition> b) => a.AsSpan().SequenceEqual(b.AsSpan());
}

/// <summary>An instance as the catalog has it: what its owner said and what became of it. Immutable.</summary>
public sealed record Instance
{
    /// <summary>What its owner said.</summary>
    public required InstanceRegistration Registration { get; init; }

    /// <summary>Whether it may be sent new work.</summary>
    public required EndpointState State { get; init; }

    /// <summary>Why it is in that state, when there is something to say.</summary>
    public string? Reason { get; init; }

    /// <summary>When it entered its state (UTC).</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Revision of its last change.</summary>
    public required long Revision { get; init; }

    /// <summary>SHA-256 of the owner's secret; empty when anyone may change the instance.</summary>
    public ImmutableArray<byte> OwnerHash { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>What its owner last said of its readiness (status writes); true until told otherwise.</summary>
    public bool OwnerReady { get; init; } = true;

    /// <summary>The reason its owner gave with that; null when it gave none. Kept apart from <see cref="Reason"/>, which a lapse or a check may cover.</summary>
    public string? OwnerReason { get; init; }

    /// <summary>True once a drain was asked for; ends with a new registration or when its owner says it is ready.</summary>
    public bool Draining { get; init; }

    /// <summary>Why it drains, as who asked for it said; null when nobody said so.</summary>
    public string? DrainReason { get; init; }

    /// <summary>True while its lease is overdue.</summary>
    public bool Expired { get; init; }

    /// <summary>The check that fails or has not passed yet, in words; null while all pass.</summary>
    public string? FailingCheck { get; init; }

    /// <summary>
    /// What enough of its callers agree on, in words, so that it is not ready; null while they do not. Kept apart from what its owner and its checks say, which stands beside it and
    /// goes before it.
    /// </summary>
    public string? CallersFinding { get; init; }

    /// <summary>The target that it is imported from, such as <c>k8s:///shop/orders</c>: nobody can change it here. Null for one that was registered here.</summary>
    public string? Origin { get; init; }

    /// <summary>Names it.</summary>
    public InstanceKey Key => new(Registration.Service, Registration.Id);

    /// <summary>True when both are the same in all they hold; the owner's hash is compared by content.</summary>
    public bool Equals(Instance? other) =>
        ReferenceEquals(this, other)
        || (other is not null
            && Registration.Equals(other.Registration)
            && State == other.State
            && string.Equals(Reason, other.Reason, StringComparison.Ordinal)
            && Since == other.Since
            && Revision == other.Revision
            && OwnerHash.AsSpan().SequenceEqual(other.OwnerHash.AsSpan())
            && OwnerReady == other.OwnerReady
            && string.Equals(OwnerReason, other.OwnerReason, StringComparison.Ordinal)
            && Draining == other.Draining
            && string.Equals(DrainReason, other.DrainReason, StringComparison.Ordinal)
            && Expired == other.Expired
            && string.Equals(FailingCheck, other.FailingCheck, StringComparison.Ordinal)
            && string.Equals(CallersFinding, other.CallersFinding, StringComparison.Ordinal)
            && string.Equals(Origin, other.Origin, StringComparison.Ordinal));

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Registration, State, Since, Revision);
}
