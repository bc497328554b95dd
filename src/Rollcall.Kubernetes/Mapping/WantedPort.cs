using System.Globalization;

namespace Rollcall.Kubernetes.Mapping;

/// <summary>The port a target asks for: by <paramref name="Name"/>, or by <paramref name="Number"/> where that is null.</summary>
internal sealed record WantedPort(string? Name, int Number)
{
    /// <inheritdoc />
    public override string ToString() => Name ?? Number.ToString(CultureInfo.InvariantCulture);
}
