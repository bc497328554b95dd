using Rollcall.Registry;

namespace Rollcall.Node.Tests;

/// <summary>Registrations where only their number matters.</summary>
internal static class Many
{
    public static InstanceRegistration Registration(string service, string id, int weight = 100) => new()
    {
        Service = service,
        Id = id,
        Address = "10.0.0.5",
        Ports = new SmallMap<int>([new("http", 8080)]),
        Weight = weight,
        Ttl = TimeSpan.FromHours(1),
        Metadata = new SmallMap<string>([new("version", "v2")]),
    };
}
