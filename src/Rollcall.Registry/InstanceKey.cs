namespace Rollcall.Registry;

/// <summary>Names one instance of one service.</summary>
/// <param name="Service">The service.</param>
/// <param name="Id">The instance.</param>
public readonly record struct InstanceKey(string Service, string Id)
{
    /// <inheritdoc />
    public override string ToString() => $"{Service}/{Id}";
}
