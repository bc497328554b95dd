namespace Rollcall.Gateway.Mirroring;

/// <summary>Copies requests that may be sent twice.</summary>
internal static class MirroredRequest
{
    /// <summary>True when the copy would be whole: no upgrade, and a body, if any, of a known length that is not too long.</summary>
    public static bool CanCopy(HttpRequestMessage request, int maxBodyBytes) =>
        request.Headers.Protocol is null
        && request.Method != HttpMethod.Connect
        && !request.Headers.NonValidated.Contains("Upgrade")
        && (request.Content is null || request.Content.Headers.ContentLength <= maxBodyBytes);

    /// <summary>Another message that says the same. The body of the original is then in memory.</summary>
    public static async ValueTask<HttpRequestMessage> CopyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var copy = new HttpRequestMessage(request.Method, request.RequestUri);
        foreach (var (name, values) in request.Headers.NonValidated)
            copy.Headers.TryAddWithoutValidation(name, values);
        if (request.Content is not { } content)
            return copy;
        copy.Content = new ByteArrayContent(await content.ReadAsByteArrayAsync(cancellationToken));
        foreach (var (name, values) in content.Headers.NonValidated)
            copy.Content.Headers.TryAddWithoutValidation(name, values);
        return copy;
    }
}
