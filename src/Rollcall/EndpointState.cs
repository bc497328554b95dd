namespace Rollcall;

/// <summary>Whether an endpoint may be sent new work.</summary>
public enum EndpointState
{
    /// <summary>The source does not say.</summary>
    Unknown = 0,

    /// <summary>Takes requests.</summary>
    Ready = 1,

    /// <summary>Known, but starting or failing its checks; no new work unless nothing better exists.</summary>
    NotReady = 2,

    /// <summary>Finishing what it has; must be sent nothing new.</summary>
    Draining = 3,
}
