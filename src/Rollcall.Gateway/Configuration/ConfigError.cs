using System.Globalization;

namespace Rollcall.Gateway.Configuration;

/// <summary>One thing that is wrong in a routes file, and where (1-based).</summary>
internal sealed record ConfigError(int Line, int Column, string Message)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"({Line},{Column}): {Message}.");
}
