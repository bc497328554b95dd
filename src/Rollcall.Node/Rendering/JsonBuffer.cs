using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Rollcall.Node.Rendering;

/// <summary>A JSON writer over a buffer, kept for reuse by the thread that returned it. Rent, write, answer, dispose, without awaiting in between.</summary>
internal sealed class JsonBuffer : IDisposable
{
    /// <summary>The media type of every answer that is not a problem.</summary>
    public const string ContentType = "application/json";

    private const int KeepBytes = 64 * 1024;

    // Names are checked before they reach the writer and structure is ours: validation would only cost.
    private static readonly JsonWriterOptions Options = new() { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [ThreadStatic]
    private static JsonBuffer? _spare;

    private readonly ArrayBufferWriter<byte> _bytes = new(1024);

    private JsonBuffer() => Json = new Utf8JsonWriter(_bytes, Options);

    /// <summary>Writes into the buffer.</summary>
    public Utf8JsonWriter Json { get; }

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Written
    {
        get
        {
            Json.Flush();
            return _bytes.WrittenMemory;
        }
    }

    /// <summary>An empty buffer.</summary>
    public static JsonBuffer Rent()
    {
        var buffer = _spare ?? new JsonBuffer();
        _spare = null;
        return buffer;
    }

    /// <summary>Makes what was written the whole body of the answer.</summary>
    public void Answer(HttpResponse response, string contentType = ContentType)
    {
        var written = Written.Span;
        response.ContentType = contentType;
        response.ContentLength = written.Length;
        // Copies; the server sends it when the handler returns, and drops it for HEAD.
        response.BodyWriter.Write(written);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_bytes.Capacity > KeepBytes)
            return;
        _bytes.ResetWrittenCount();
        Json.Reset(_bytes);
        _spare = this;
    }
}
