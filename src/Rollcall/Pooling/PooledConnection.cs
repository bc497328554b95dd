using System.Runtime.InteropServices;

namespace Rollcall.Pooling;

/// <summary>
/// A rented connection. Dispose it to give it back, on every path: <c>using var rented = await pool.RentAsync();</c>. Copies are the same rental;
/// the first <see cref="Dispose"/>, <see cref="Fail"/> or <see cref="Discard"/> of any of them ends it, later ones do nothing.
/// </summary>
/// <typeparam name="TConnection">The connection.</typeparam>
[StructLayout(LayoutKind.Auto)]
public readonly struct PooledConnection<TConnection> : IDisposable, IEquatable<PooledConnection<TConnection>>
    where TConnection : class
{
    private readonly PoolSlot<TConnection>? _slot;
    private readonly long _version;

    internal PooledConnection(PoolSlot<TConnection> slot, long version)
    {
        _slot = slot;
        _version = version;
    }

    /// <summary>The connection. Do not keep it: after the rental has ended it is somebody else's.</summary>
    /// <exception cref="ObjectDisposedException">The rental has ended.</exception>
    public TConnection Connection => Slot.Connection!;

    /// <summary>Where the connection leads.</summary>
    /// <exception cref="ObjectDisposedException">The rental has ended.</exception>
    public Endpoint Endpoint => Slot.Endpoint!.Endpoint;

    private PoolSlot<TConnection> Slot => _slot is not null && _slot.IsLent(_version)
        ? _slot
        : throw new ObjectDisposedException(nameof(PooledConnection<TConnection>), "The connection was returned to its pool and may be in use by somebody else. Rent another one.");

    /// <summary>True when both are the same rental.</summary>
    public static bool operator ==(PooledConnection<TConnection> left, PooledConnection<TConnection> right) => left.Equals(right);

    /// <summary>False when both are the same rental.</summary>
    public static bool operator !=(PooledConnection<TConnection> left, PooledConnection<TConnection> right) => !left.Equals(right);

    /// <summary>Gives the connection back for the next caller. It must be ready for another request. Never blocks.</summary>
    public void Dispose() => _slot?.Pool.Return(_slot, _version);

    /// <summary>
    /// Closes the connection instead of giving it back because it is broken, and counts that against its endpoint, for the whole process. Never blocks.
    /// </summary>
    public void Fail() => _slot?.Pool.Discard(_slot, _version, isFailure: true);

    /// <summary>
    /// Closes the connection instead of giving it back, without blaming its endpoint: such as when a caller gave up in the middle of an answer. Never blocks.
    /// </summary>
    public void Discard() => _slot?.Pool.Discard(_slot, _version, isFailure: false);

    /// <inheritdoc />
    public bool Equals(PooledConnection<TConnection> other) => ReferenceEquals(_slot, other._slot) && _version == other._version;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is PooledConnection<TConnection> other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(_slot, _version);
}
