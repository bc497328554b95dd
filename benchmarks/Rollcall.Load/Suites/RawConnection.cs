using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;

namespace Rollcall.Load.Suites;

/// <summary>
/// An HTTP/1.1 connection over a bare socket: just enough to keep a thousand of them in one process without the client being what is measured.
/// </summary>
internal sealed class RawConnection : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _length;

    public async Task ConnectAsync(Uri url, CancellationToken cancellationToken) =>
        await _socket.ConnectAsync(url.Host, url.Port, cancellationToken);

    public async Task SendAsync(string request, CancellationToken cancellationToken) =>
        await _socket.SendAsync(Encoding.ASCII.GetBytes(request), cancellationToken);

    /// <summary>Reads one answer with a Content-Length and gives the number in the header named.</summary>
    public async Task<long> ReadAnswerAsync(byte[] header, CancellationToken cancellationToken)
    {
        while (true)
        {
            var head = _buffer.AsSpan(0, _length).IndexOf("\r\n\r\n"u8);
            if (head >= 0)
            {
                var total = head + 4 + (int)Number(_buffer.AsSpan(0, head + 4), "Content-Length: "u8);
                if (_length >= total)
                {
                    var value = Number(_buffer.AsSpan(0, head + 4), header);
                    _buffer.AsSpan(total, _length - total).CopyTo(_buffer);
                    _length -= total;
                    return value;
                }
            }

            await FillAsync(cancellationToken);
        }
    }

    /// <summary>Reads a stream until the number behind the last occurrence of <paramref name="name"/> is known, and gives it.</summary>
    public async Task<long> ReadNumberAsync(byte[] name, CancellationToken cancellationToken)
    {
        while (true)
        {
            var at = _buffer.AsSpan(0, _length).LastIndexOf(name);
            var end = at < 0 ? -1 : _buffer.AsSpan(at + name.Length, _length - at - name.Length).IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            if (end > 0)
            {
                _ = Utf8Parser.TryParse(_buffer.AsSpan(at + name.Length, end), out long value, out _);
                _length = 0;
                return value;
            }

            if (_length == _buffer.Length)
                _length = 0;
            await FillAsync(cancellationToken);
        }
    }

    public void Dispose() => _socket.Dispose();

    private static long Number(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        var at = head.IndexOf(name);
        if (at < 0 || !Utf8Parser.TryParse(head[(at + name.Length)..], out long value, out _))
            throw new InvalidDataException($"No '{Encoding.ASCII.GetString(name)}' in:\n{Encoding.ASCII.GetString(head)}");
        return value;
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        var read = await _socket.ReceiveAsync(_buffer.AsMemory(_length), cancellationToken);
        if (read == 0)
            throw new EndOfStreamException("The server closed the connection.");
        _length += read;
    }
}
