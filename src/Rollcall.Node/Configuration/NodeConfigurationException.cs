namespace Rollcall.Node.Configuration;

/// <summary>A configuration file cannot be used. The message names the file, each line and key that is wrong, and what is allowed.</summary>
public sealed class NodeConfigurationException : Exception
{
    /// <summary>Says what is wrong.</summary>
    /// <param name="message">File, keys, and what is allowed.</param>
    /// <param name="innerException">Why the file could not be read; null when it could.</param>
    public NodeConfigurationException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
