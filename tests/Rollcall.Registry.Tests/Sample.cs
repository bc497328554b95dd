using System.Collections.Immutable;

namespace Rollcall.Registry.Tests;

/// <summary>Registrations and instances for tests.</summary>
internal static class Sample
{
    public static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static readonly ImmutableArray<CheckDefinition> Checks = [new() { Kind = CheckKind.Tcp, Target = "10.0.0.5:8080" }];

    public static InstanceRegistration Registration(string service = "orders", string id = "o-1", int port = 8080) => new()
    {
        Service = service,
        Id = id,
        Address = "10.0.0.5",
        Ports = new SmallMap<int>([new("http", port)]),
    };

    public static InstanceKey Key(string service = "orders", string id = "o-1") => new(service, id);

    public static Instance Instance(long revision, string service = "orders", string id = "o-1") => new()
    {
        Registration = Registration(service, id),
        State = EndpointState.Ready,
        Since = Now,
        Revision = revision,
    };

    public static Change Registered(long revision, string service = "orders", string id = "o-1") =>
        new(revision, Now, ChangeKind.Registered, Key(service, id), Instance(revision, service, id), null);

    public static Change Deregistered(long revision, string service = "orders", string id = "o-1") =>
        new(revision, Now, ChangeKind.Deregistered, Key(service, id), null, null);
}
