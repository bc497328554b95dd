using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Rollcall.Node.Requests;

/// <summary>Reads a whole body into memory; the server's limit bounds it.</summary>
internal static class RequestBody
{
    /// <summary>The largest body, in bytes; the server refuses more with a <see cref="BadHttpRequestException"/>, chunked bodies too.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>
    /// The whole body. Valid until the caller hands it back with <c>context.Request.BodyReader.AdvanceTo(body.End)</c>, which it must.
    /// </summary>
    public static async ValueTask<ReadOnlySequence<byte>> ReadAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            // A client that goes away makes this throw; a token would cost an allocation per request and tell nothing more.
            var result = await reader.ReadAsync(CancellationToken.None);
            if (result.IsCompleted)
                return result.Buffer;
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }
}
