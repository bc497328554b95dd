using System.Collections.Immutable;

namespace Rollcall.Gateway.Configuration;

/// <summary>A routes file that cannot be used, with everything that is wrong in it, each with its line.</summary>
public sealed class RoutesFileException : Exception
{
    internal RoutesFileException(string file, ImmutableArray<ConfigError> errors, Exception? innerException = null)
        : base(string.Join('\n', errors.Select(error => $"{file}{error}")), innerException) => Errors = errors;

    internal RoutesFileException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Sorted by place; empty when the file could not even be read.</summary>
    internal ImmutableArray<ConfigError> Errors { get; } = [];
}
