namespace Rollcall.Pooling;

/// <summary>A pool could not lend a connection. The message says of what service, why, and what was tried.</summary>
public sealed class ConnectionPoolException : Exception
{
    /// <summary>Makes one.</summary>
    public ConnectionPoolException()
    {
    }

    /// <summary>Makes one with a message.</summary>
    public ConnectionPoolException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and the last failure.</summary>
    public ConnectionPoolException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
