namespace Rollcall.Registry.Checks;

/// <summary>Passes when a <c>host:port</c> accepts a connection, which is closed at once. Thread-safe.</summary>
public sealed class TcpProbe : ICheckProbe
{
    /// <summary>Makes one.</summary>
    /// <param name="time">Measures the timeout.</param>
    public TcpProbe(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
    }

    /// <inheritdoc />
    public ValueTask<CheckResult> ProbeAsync(CheckDefinition check, CancellationToken cancellationToken) => throw new NotImplementedException();
}
