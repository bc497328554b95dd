namespace Rollcall.Registry.Replication;

/// <summary>Something that is asked of the registry's state. What becomes of it is decided by <see cref="RegistryState"/> alone.</summary>
internal abstract record Command(InstanceKey Key);

/// <summary>Register or replace: a fresh start.</summary>
internal sealed record Register(InstanceRegistration Registration, OwnerSecret Owner)
    : Command(new InstanceKey(Registration.Service, Registration.Id));

/// <summary>Take an instance away.</summary>
internal sealed record Deregister(InstanceKey Key, OwnerSecret Owner) : Command(Key);

/// <summary>The owner says whether it is ready; being ready ends a drain, and either shows that it lives.</summary>
internal sealed record SetStatus(InstanceKey Key, bool Ready, string? Reason, OwnerSecret Owner) : Command(Key);

/// <summary>
/// Send it nothing new. Refused when fewer than <paramref name="MinReady"/> instances of its service would be ready after it, unless <paramref name="Force"/> says why that is wanted.
/// </summary>
internal sealed record BeginDrain(InstanceKey Key, OwnerSecret Owner, int MinReady, string? Force) : Command(Key);

/// <summary>
/// A lease ran out. <paramref name="Of"/> is the registration whose lease it was: when another took its place while this waited, nothing is to be done.
/// </summary>
internal sealed record ExpireLease(InstanceKey Key, InstanceRegistration Of) : Command(Key);

/// <summary>A lease that had run out was renewed.</summary>
internal sealed record ReviveLease(InstanceKey Key) : Command(Key);

/// <summary>A lease ran out so long ago that the instance is taken away, unless it was revived or replaced since.</summary>
internal sealed record RemoveExpired(InstanceKey Key, InstanceRegistration Of) : Command(Key);

/// <summary>
/// What the checks of an instance say together: null, or which fails. <paramref name="Of"/> is the registration that was checked.
/// </summary>
internal sealed record ReportChecks(InstanceKey Key, InstanceRegistration Of, string? Failing) : Command(Key);

/// <summary>Says what another system knows of an instance, which is from then on read-only here. What callers found of it stands.</summary>
internal sealed record Import(ImportedInstance Instance) : Command(new InstanceKey(Instance.Registration.Service, Instance.Registration.Id));

/// <summary>An imported instance has left, or is imported no more. Does nothing to one that was registered here.</summary>
internal sealed record RemoveImported(InstanceKey Key, string Reason) : Command(Key);

/// <summary>
/// What enough callers of an instance agree on: null, or why it is not ready. <paramref name="Of"/> is the registration that they called.
/// </summary>
internal sealed record ReportCallers(InstanceKey Key, InstanceRegistration Of, string? Finding) : Command(Key);
