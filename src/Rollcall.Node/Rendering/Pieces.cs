using System.Buffers;
using System.IO.Pipelines;

namespace Rollcall.Node.Rendering;

/// <summary>Writes what is long in pieces that wait for the reader: a slow one does not make the node hold a copy of all of it.</summary>
internal static class Pieces
{
    /// <summary>The longest piece.</summary>
    public const int Bytes = 16 * 1024;

    /// <summary>Writes all of it; the last piece is not sent yet.</summary>
    public static async ValueTask WriteAsync(PipeWriter output, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        for (; bytes.Length > Bytes; bytes = bytes[Bytes..])
            await output.WriteAsync(bytes[..Bytes], cancellationToken);
        output.Write(bytes.Span);
    }
}
