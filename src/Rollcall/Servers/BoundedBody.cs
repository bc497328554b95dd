using System.Buffers;
using System.Globalization;

namespace Rollcall.Servers;

/// <summary>Reads a whole response into memory, but never more than agreed and never for longer: a server may be broken, or somebody else's.</summary>
internal static class BoundedBody
{
    private const int FirstBytes = 16 * 1024;

    /// <summary>The body. Dispose of it to give the memory back.</summary>
    /// <param name="content">A response that was asked for with <see cref="HttpCompletionOption.ResponseHeadersRead"/>.</param>
    /// <param name="maxBytes">One more is refused.</param>
    /// <param name="limit">The longest the whole body may take.</param>
    /// <param name="time">The clock of <paramref name="limit"/>.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <exception cref="AnswerTooLargeException">It is too large.</exception>
    /// <exception cref="TimeoutException">It did not end in time.</exception>
    public static async Task<Body> ReadAsync(HttpContent content, int maxBytes, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > maxBytes)
            throw TooLarge(maxBytes);
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min((content.Headers.ContentLength ?? FirstBytes) + 1, maxBytes + 1L));
        var length = 0;
        try
        {
            await using var stream = await content.ReadAsStreamAsync(either.Token);
            while (true)
            {
                if (length == buffer.Length)
                    buffer = Grow(buffer, maxBytes);
                var count = await stream.ReadAsync(buffer.AsMemory(length), either.Token);
                if (count == 0)
                    return new Body(buffer, length);
                if ((length += count) > maxBytes)
                    throw TooLarge(maxBytes);
            }
        }
        catch (Exception error)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            if (error is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw new TimeoutException($"its answer has not ended within {DurationText.Format(limit)}", error);
            throw;
        }
    }

    private static byte[] Grow(byte[] buffer, int maxBytes)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(buffer.Length * 2L, maxBytes + 1L));
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private static AnswerTooLargeException TooLarge(int maxBytes) => new(string.Create(CultureInfo.InvariantCulture, $"an answer larger than {maxBytes:N0} bytes, which is the limit"));

    /// <summary>A body in rented memory.</summary>
    public sealed class Body(byte[] buffer, int length) : IDisposable
    {
        private byte[]? _buffer = buffer;

        /// <summary>Valid until disposed of.</summary>
        public ReadOnlyMemory<byte> Bytes => (_buffer ?? throw new ObjectDisposedException(nameof(Body))).AsMemory(0, length);

        /// <inheritdoc />
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _buffer, null) is { } rented)
                ArrayPool<byte>.Shared.Return(rented);
        }
    }
}

/// <summary>A server sends more than is taken; the message says what and how much, to be read behind "gives".</summary>
internal sealed class AnswerTooLargeException(string message) : IOException(message);
