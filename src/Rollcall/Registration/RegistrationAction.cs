using Rollcall.Api;

namespace Rollcall.Registration;

/// <summary>What the protocol asks its shell to do next.</summary>
internal abstract record RegistrationAction
{
    private RegistrationAction()
    {
    }

    /// <summary>Nothing before this time, unless an input comes.</summary>
    public sealed record Wait(TimeSpan Until) : RegistrationAction;

    public sealed record Register(string Service, string Id, RegistrationDocument Document) : RegistrationAction;

    public sealed record Renew(IReadOnlyList<LeaseKeyDocument> Leases) : RegistrationAction;

    public sealed record SetStatus(string Service, string Id, EndpointState State, string? Reason) : RegistrationAction;

    public sealed record Drain(string Service, string Id, TimeSpan For) : RegistrationAction;

    public sealed record Deregister(string Service, string Id) : RegistrationAction;
}
