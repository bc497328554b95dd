using System.Globalization;

namespace Rollcall.Servers;

/// <summary>Reads a response that never ends line by line, none of them longer than agreed and none waited for longer than agreed.</summary>
/// <param name="stream">The body; not owned.</param>
/// <param name="maxBytes">The longest line.</param>
/// <param name="time">The clock of the limits.</param>
internal sealed class BoundedLines(Stream stream, int maxBytes, TimeProvider time)
{
    private byte[] _buffer = new byte[Math.Min(16 * 1024, maxBytes + 1)];
    private int _start;
    private int _length;
    private int _searched;

    /// <summary>The next line without its end (LF or CR LF), valid until the next call; null at the end of the stream. What follows the last line end is no line.</summary>
    /// <param name="limit">The longest the line may take to be complete.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <exception cref="AnswerTooLargeException">The line is too long.</exception>
    /// <exception cref="TimeoutException">The line was not complete in time.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> NextAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        if (TryTake(out var line))
            return line;
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            while (true)
            {
                MakeRoom();
                var count = await stream.ReadAsync(_buffer.AsMemory(_start + _length), either.Token);
                if (count == 0)
                    return null;
                _length += count;
                if (TryTake(out line))
                    return line;
            }
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"its stream has been silent for {DurationText.Format(limit)}", error);
        }
    }

    private bool TryTake(out ReadOnlyMemory<byte> line)
    {
        var unread = _buffer.AsSpan(_start, _length);
        var end = unread[_searched..].IndexOf((byte)'\n');
        if (end < 0)
        {
            _searched = _length;
            line = default;
            return _length > maxBytes ? throw TooLong() : false;
        }

        end += _searched;
        if (end > maxBytes)
            throw TooLong();
        var content = end > 0 && unread[end - 1] == (byte)'\r' ? end - 1 : end;
        line = _buffer.AsMemory(_start, content);
        (_start, _length, _searched) = (_start + end + 1, _length - end - 1, 0);
        return true;
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _length).CopyTo(_buffer);
            _start = 0;
        }

        // One byte more than allowed tells a line that is too long from one that just fits.
        if (_length == _buffer.Length)
            Array.Resize(ref _buffer, (int)Math.Min(_buffer.Length * 2L, maxBytes + 1L));
    }

    private AnswerTooLargeException TooLong() =>
        new(string.Create(CultureInfo.InvariantCulture, $"a line longer than {maxBytes:N0} bytes, which is the limit"));
}
