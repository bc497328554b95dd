using System.Net.Sockets;

namespace Rollcall.Cli.Gossip;

/// <summary>Lines over a socket, each bounded in length and in time. For one reader and one writer.</summary>
/// <param name="socket">Disposed of with this.</param>
/// <param name="time">The clock of the limits.</param>
/// <param name="maxLine">Bytes that a line read may have.</param>
internal sealed class ControlChannel(Socket socket, TimeProvider time, int maxLine) : IDisposable
{
    private const int FirstBuffer = 1024;
    private const int FlushAt = 8192;

    private readonly MemoryStream _out = new();
    private byte[] _in = new byte[FirstBuffer];
    private int _start;
    private int _end;

    /// <summary>The next line without its end; null where there is none any more. Good until the next call.</summary>
    /// <exception cref="TimeoutException">It did not come in time.</exception>
    /// <exception cref="InvalidDataException">It is too long.</exception>
    public async Task<ReadOnlyMemory<byte>?> ReadLineAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            for (var seen = 0; ;)
            {
                var at = _in.AsSpan(_start + seen, _end - _start - seen).IndexOf((byte)'\n');
                if (at >= 0)
                    return Take(seen + at, separator: 1);
                seen = _end - _start;
                if (seen > maxLine)
                    throw new InvalidDataException($"a line has at most {maxLine} bytes");
                MakeRoom();
                var read = await socket.ReceiveAsync(_in.AsMemory(_end), SocketFlags.None, either.Token);
                _end += read;
                if (read == 0)
                    return seen == 0 ? default(ReadOnlyMemory<byte>?) : Take(seen, separator: 0); // null alone would become an empty line
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException();
        }
    }

    /// <summary>Adds a line to what is sent, and sends it where that is a lot.</summary>
    public async Task WriteLineAsync(ReadOnlyMemory<byte> line, TimeSpan limit, CancellationToken cancellationToken)
    {
        _out.Write(line.Span);
        _out.WriteByte((byte)'\n');
        if (_out.Length >= FlushAt)
            await FlushAsync(limit, cancellationToken);
    }

    /// <exception cref="TimeoutException">The other side does not take it.</exception>
    public async Task FlushAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            for (ReadOnlyMemory<byte> left = _out.GetBuffer().AsMemory(0, (int)_out.Length); !left.IsEmpty;)
                left = left[await socket.SendAsync(left, SocketFlags.None, either.Token)..];
            _out.SetLength(0);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException();
        }
    }

    /// <summary>Returns when the other side closes, or sends more than it should.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        try
        {
            await socket.ReceiveAsync(new byte[1], SocketFlags.None, cancellationToken);
        }
        catch (SocketException)
        {
            // That, too, is an end.
        }
    }

    public void Dispose()
    {
        socket.Dispose();
        _out.Dispose();
    }

    private ReadOnlyMemory<byte> Take(int length, int separator)
    {
        var line = _in.AsMemory(_start, length);
        _start += length + separator;
        return line;
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _in.AsSpan(_start, _end - _start).CopyTo(_in);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _in.Length)
            Array.Resize(ref _in, 2 * _in.Length);
    }
}
