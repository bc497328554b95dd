using System.Runtime.InteropServices;

namespace Rollcall.Health;

/// <summary>What has changed about the endpoints of a set.</summary>
internal enum HealthEventKind
{
    /// <summary>It is avoided from now on.</summary>
    Avoided,

    /// <summary>It was tried and is still not well.</summary>
    AvoidedAgain,

    /// <summary>It should be ejected, but so many are already that it must not.</summary>
    Spared,

    /// <summary>It is used again.</summary>
    Returned,

    /// <summary>Too few are left: ejected ones are used all the same.</summary>
    PanicBegan,

    /// <summary>Enough are left again.</summary>
    PanicEnded,
}

/// <summary>One change.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Endpoint">To whom; null when to the whole set.</param>
/// <param name="Avoidance">The avoidance that began, was spared or has ended; null when there is none to tell.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct HealthEvent(HealthEventKind Kind, BalancedEndpoint? Endpoint = null, Avoidance? Avoidance = null)
{
    /// <summary>True when somebody else is sent requests now than before.</summary>
    public bool ChangesWhoIsUsed => Kind is not (HealthEventKind.AvoidedAgain or HealthEventKind.Spared);
}
