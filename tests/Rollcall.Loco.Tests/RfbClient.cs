using System.Buffers.Binary;
using System.Text;
using Rollcall.TestKit;

namespace Rollcall.Loco.Tests;

/// <summary>A viewer written from RFC 6143 alone, over any stream of bytes. It keeps the picture it was sent, as 0xRRGGBB.</summary>
internal sealed class RfbClient(Stream stream) : IAsyncDisposable
{
    public string Greeting { get; private set; } = "";

    public int Width { get; private set; }

    public int Height { get; private set; }

    public string Name { get; private set; } = "";

    /// <summary>As the server describes its pixels: 16 bytes.</summary>
    public byte[] Format { get; private set; } = [];

    public int[] Picture { get; private set; } = [];

    public int this[int x, int y] => Picture[(y * Width) + x];

    /// <summary>All of the handshake; fails when the server refuses.</summary>
    public async Task EnterAsync(string version = "RFB 003.008\n")
    {
        var refusal = await TryEnterAsync(version);
        Assert.True(refusal is null, refusal);
    }

    /// <summary>The handshake; why the server refuses, or null.</summary>
    public async Task<string?> TryEnterAsync(string version = "RFB 003.008\n", byte security = 1)
    {
        Greeting = Encoding.ASCII.GetString(await ReadAsync(12));
        await WriteAsync(Encoding.ASCII.GetBytes(version));
        if (version[10] >= '7')
        {
            var types = await ReadAsync((await ReadAsync(1))[0]);
            Assert.Equal([1], types);
            await WriteAsync([security]);
        }
        else
        {
            Assert.Equal([0, 0, 0, 1], await ReadAsync(4));
        }

        if (version[10] >= '8' && BinaryPrimitives.ReadUInt32BigEndian(await ReadAsync(4)) != 0)
            return Encoding.UTF8.GetString(await ReadAsync(BinaryPrimitives.ReadInt32BigEndian(await ReadAsync(4))));
        await WriteAsync([1]);
        Width = BinaryPrimitives.ReadUInt16BigEndian(await ReadAsync(2));
        Height = BinaryPrimitives.ReadUInt16BigEndian(await ReadAsync(2));
        Format = await ReadAsync(16);
        Name = Encoding.UTF8.GetString(await ReadAsync(BinaryPrimitives.ReadInt32BigEndian(await ReadAsync(4))));
        Picture = new int[Width * Height];
        return null;
    }

    /// <summary>Asks for a part of the picture.</summary>
    public Task AskAsync(bool incremental, int x = 0, int y = 0, int? width = null, int? height = null)
    {
        var message = new byte[10];
        (message[0], message[1]) = (3, (byte)(incremental ? 1 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)x);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), (ushort)y);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), (ushort)(width ?? Width));
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(8), (ushort)(height ?? Height));
        return WriteAsync(message);
    }

    /// <summary>Takes one update of 32-bit pixels, the first byte blue, into the picture; the rectangles it had.</summary>
    public async Task<List<(int X, int Y, int Width, int Height)>> UpdateAsync()
    {
        var rectangles = new List<(int, int, int, int)>();
        foreach (var (x, y, width, height, pixels) in await RawAsync(4))
        {
            rectangles.Add((x, y, width, height));
            for (var i = 0; i < width * height; i++)
                Picture[((y + (i / width)) * Width) + x + (i % width)] = BinaryPrimitives.ReadInt32LittleEndian(pixels.AsSpan(i * 4));
        }

        return rectangles;
    }

    /// <summary>Takes one update as it is.</summary>
    public async Task<List<(int X, int Y, int Width, int Height, byte[] Pixels)>> RawAsync(int bytesPerPixel)
    {
        var result = new List<(int, int, int, int, byte[])>();
        var header = await ReadAsync(4);
        Assert.Equal(0, header[0]);
        for (var left = BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(2)); left > 0; left--)
        {
            var rectangle = await ReadAsync(12);
            var (x, y) = (BinaryPrimitives.ReadUInt16BigEndian(rectangle), BinaryPrimitives.ReadUInt16BigEndian(rectangle.AsSpan(2)));
            var (width, height) = (BinaryPrimitives.ReadUInt16BigEndian(rectangle.AsSpan(4)), BinaryPrimitives.ReadUInt16BigEndian(rectangle.AsSpan(6)));
            Assert.Equal(0, BinaryPrimitives.ReadInt32BigEndian(rectangle.AsSpan(8))); // raw
            result.Add((x, y, width, height, await ReadAsync(width * height * bytesPerPixel)));
        }

        return result;
    }

    public Task WriteAsync(byte[] bytes) => Eventually.Within(stream.WriteAsync(bytes, TestContext.Current.CancellationToken).AsTask());

    /// <summary>True when the other side has closed the connection and nothing is left to read.</summary>
    public async Task<bool> IsClosedAsync()
    {
        try
        {
            return await Eventually.Within(stream.ReadAsync(new byte[1], TestContext.Current.CancellationToken).AsTask()) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async Task<byte[]> ReadAsync(int count)
    {
        var bytes = new byte[count];
        await Eventually.Within(stream.ReadExactlyAsync(bytes, TestContext.Current.CancellationToken).AsTask());
        return bytes;
    }
}
