using Rollcall.Api;

namespace Rollcall.Registration;

/// <summary>What happened that an operator may want to know.</summary>
internal abstract record RegistrationNotice
{
    private RegistrationNotice()
    {
    }

    /// <summary>No node can be reached; said once per outage.</summary>
    public sealed record Unreachable(NodeException Error) : RegistrationNotice;

    /// <summary>A node answers again.</summary>
    public sealed record Reachable(TimeSpan After) : RegistrationNotice;

    public sealed record Registered(string Service, string Id, long Revision) : RegistrationNotice;

    /// <summary>The node no longer knows the instance.</summary>
    public sealed record Forgotten(string Service, string Id) : RegistrationNotice;

    /// <summary>Another owner holds the id; <paramref name="NewId"/> is what it is announced as instead, null when it waits.</summary>
    public sealed record Conflict(string Service, string Id, string? NewId) : RegistrationNotice;

    /// <summary>The node refuses what it was asked, and would again.</summary>
    public sealed record Refused(string Service, string Id, NodeException Error) : RegistrationNotice;

    public sealed record Drained(string Service, string Id, DrainDocument Drain) : RegistrationNotice;

    public sealed record Deregistered(string Service, string Id) : RegistrationNotice;
}
