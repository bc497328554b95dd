namespace Rollcall.Registry;

/// <summary>State of the mass-expiry guard.</summary>
/// <param name="Active">True while expiry is suspended.</param>
/// <param name="Reason">Why, in words for an operator; null while inactive.</param>
/// <param name="Since">Since when (UTC); null while inactive.</param>
/// <param name="HeldLeases">Leases overdue but kept.</param>
public sealed record GuardStatus(bool Active, string? Reason, DateTimeOffset? Since, int HeldLeases);
