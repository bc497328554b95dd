namespace Rollcall;

/// <summary>Labels with a meaning of ours.</summary>
internal static class EndpointLabels
{
    /// <summary>
    /// Followed by a port's name, the label that says what is spoken there, <c>http</c> or <c>https</c>, where the name itself does not.
    /// </summary>
    public const string SchemePrefix = "scheme.";
}
