using System.Buffers.Binary;
using System.Threading.Channels;
using Loco.Emulator.Screen;

namespace Loco.Emulator.Rfb;

/// <summary>One viewer: what it asks for, and the picture, in raw rectangles of what has changed (RFC 6143, 7.5 and 7.6).</summary>
internal sealed class RfbSession(Stream stream, EmulatorOptions options, Machine machine, Framebuffer framebuffer, TimeProvider time)
{
    private const int MaxCutText = 64 * 1024;
    private const int MaxEncodings = 1024;
    private const int RectangleHeader = 12;

    private readonly Lock _gate = new();
    private readonly Channel<bool> _asked = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly long[] _sent = new long[framebuffer.Tiles];
    private readonly byte[] _input = new byte[32];
    private byte[] _output = new byte[RectangleHeader];
    private PixelFormat _format = PixelFormat.Default;
    private ScreenArea? _wanted;

    /// <summary>Runs until the viewer goes.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using (var limit = new CancellationTokenSource(options.HandshakeTimeout, time))
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken))
        {
            if (!await new RfbHandshake(stream, options.Name, framebuffer.Area, machine.TryEnter).RunAsync(either.Token))
                return;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var reading = ReadAsync(end.Token);
            var writing = WriteAsync(end.Token);
            var first = await Task.WhenAny(reading, writing);
            await end.CancelAsync();
            await first;
            await Task.WhenAll(reading, writing);
        }
        finally
        {
            machine.Leave();
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        while (await stream.ReadAsync(_input.AsMemory(0, 1), cancellationToken) == 1)
        {
            switch (_input[0])
            {
                case 0:
                    var format = PixelFormat.Read((await TakeAsync(3 + PixelFormat.Size, cancellationToken)).Span[3..]);
                    lock (_gate)
                        _format = format;
                    break;
                case 2:
                    // Raw is always allowed, and nothing else is sent.
                    var encodings = BinaryPrimitives.ReadUInt16BigEndian((await TakeAsync(3, cancellationToken)).Span[1..]);
                    if (encodings > MaxEncodings)
                        throw new RfbException($"{encodings} encodings");
                    await SkipAsync(encodings * 4, cancellationToken);
                    break;
                case 3:
                    Ask((await TakeAsync(9, cancellationToken)).Span);
                    break;
                case 4:
                    await SkipAsync(7, cancellationToken); // a key
                    break;
                case 5:
                    await SkipAsync(5, cancellationToken); // the pointer
                    break;
                case 6:
                    var length = BinaryPrimitives.ReadUInt32BigEndian((await TakeAsync(7, cancellationToken)).Span[3..]);
                    if (length > MaxCutText)
                        throw new RfbException($"{length} bytes of text; {MaxCutText} are taken");
                    await SkipAsync((int)length, cancellationToken);
                    break;
                default:
                    throw new RfbException($"a message of the unknown type {_input[0]}");
            }
        }
    }

    // Requests that were not answered yet become one.
    private void Ask(ReadOnlySpan<byte> request)
    {
        var area = new ScreenArea(
            BinaryPrimitives.ReadUInt16BigEndian(request[1..]),
            BinaryPrimitives.ReadUInt16BigEndian(request[3..]),
            BinaryPrimitives.ReadUInt16BigEndian(request[5..]),
            BinaryPrimitives.ReadUInt16BigEndian(request[7..]));
        lock (_gate)
        {
            if (request[0] == 0)
                framebuffer.Forget(area, _sent);
            _wanted = _wanted is { } before ? before.With(area) : area;
            _asked.Writer.TryWrite(true);
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var asked = _asked.Reader.ReadAsync(cancellationToken).AsTask();
        while (true)
        {
            // First ask to be told of what comes, then look.
            var changed = framebuffer.NextChange;
            if (asked.IsCompleted)
            {
                await asked;
                asked = _asked.Reader.ReadAsync(cancellationToken).AsTask();
            }

            var (length, drawn) = Encode();
            if (length > 0)
            {
                await stream.WriteAsync(_output.AsMemory(0, length), cancellationToken).AsTask().WaitAsync(options.SendTimeout, time, cancellationToken);
                machine.Sent(drawn);
            }
            else
            {
                // A request may make more wanted of what has changed already.
                await Task.WhenAny(changed, asked).WaitAsync(cancellationToken);
            }
        }
    }

    // What has changed of what is wanted; nothing when nothing has, and then it is still wanted.
    private (int Length, long DrawnAt) Encode()
    {
        lock (_gate)
        {
            if (_wanted is not { } wanted)
                return (0, 0);
            var length = 4;
            var (count, drawn) = framebuffer.Read(wanted, _sent, (area, line) => length += Encode(area, line, length));
            if (count == 0)
                return (0, 0);
            _wanted = null;
            _output.AsSpan(0, 2).Clear();
            BinaryPrimitives.WriteUInt16BigEndian(_output.AsSpan(2), (ushort)count);
            return (length, drawn);
        }
    }

    private int Encode(ScreenArea area, Func<int, ReadOnlySpan<int>> line, int at)
    {
        var width = area.Width * _format.BytesPerPixel;
        var size = RectangleHeader + (width * area.Height);
        if (_output.Length < at + size)
            Array.Resize(ref _output, Math.Max(at + size, _output.Length * 2));
        var bytes = _output.AsSpan(at, size);
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)area.X);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)area.Y);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], (ushort)area.Width);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], (ushort)area.Height);
        bytes[8..RectangleHeader].Clear(); // raw
        for (var y = 0; y < area.Height; y++)
            _format.Encode(line(y), bytes.Slice(RectangleHeader + (y * width), width));
        return size;
    }

    private async Task<ReadOnlyMemory<byte>> TakeAsync(int count, CancellationToken cancellationToken)
    {
        await stream.ReadExactlyAsync(_input.AsMemory(0, count), cancellationToken);
        return _input.AsMemory(0, count);
    }

    private async Task SkipAsync(int count, CancellationToken cancellationToken)
    {
        for (var left = count; left > 0;)
        {
            var read = await stream.ReadAsync(_input.AsMemory(0, Math.Min(left, _input.Length)), cancellationToken);
            if (read == 0)
                throw new EndOfStreamException();
            left -= read;
        }
    }
}
