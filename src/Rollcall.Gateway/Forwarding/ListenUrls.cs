namespace Rollcall.Gateway.Forwarding;

/// <summary>Where the gateway listens, as far as its routes are concerned.</summary>
/// <param name="Encrypted">One of the URLs that needs certificates; null when none does.</param>
internal sealed record ListenUrls(string? Encrypted);
