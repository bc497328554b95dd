using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Rollcall.Node.Requests;

/// <summary>Reads a whole body into memory, up to a limit.</summary>
internal static class RequestBody
{
    /// <summary>The largest body, in bytes.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>The most the server takes off the wire for it: a chunked body has frames around its pieces, at the worst around each byte.</summary>
    public const int MaxWireBytes = 8 * MaxBytes;

    /// <summary>
    /// The whole body. Valid until the caller hands it back with <c>context.Request.BodyReader.AdvanceTo(body.End)</c>, which it must.
    /// </summary>
    /// <exception cref="BadHttpRequestException">It is larger than <see cref="MaxBytes"/>, came too slowly or broke off.</exception>
    public static async ValueTask<ReadOnlySequence<byte>> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength > MaxBytes)
            throw TooLarge();
        var reader = context.Request.BodyReader;
        while (true)
        {
            // A client that goes away makes this throw; a token would cost an allocation per request and tell nothing more.
            var result = await reader.ReadAsync(CancellationToken.None);
            if (result.Buffer.Length > MaxBytes)
            {
                reader.AdvanceTo(result.Buffer.End);
                throw TooLarge();
            }

            if (result.IsCompleted)
                return result.Buffer;
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static BadHttpRequestException TooLarge() => new("The body is too large.", StatusCodes.Status413PayloadTooLarge);
}
