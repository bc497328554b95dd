namespace Rollcall.Registry;

/// <summary>An instance as another system knows it.</summary>
/// <param name="Registration">What it is. Its lease and checks mean nothing: who imports it says when it is gone.</param>
/// <param name="Origin">The target that it comes from, such as <c>k8s:///shop/orders</c>.</param>
/// <param name="State">Whether it may be sent new work; <see cref="EndpointState.Unknown"/> counts as not ready.</param>
/// <param name="Reason">Why it is in that state; null when there is nothing to say.</param>
/// <param name="Since">When it entered it (UTC); null when the other system does not say.</param>
public sealed record ImportedInstance(InstanceRegistration Registration, string Origin, EndpointState State, string? Reason, DateTimeOffset? Since)
{
    /// <summary>Names it.</summary>
    public InstanceKey Key => new(Registration.Service, Registration.Id);
}
