using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Loco.Emulator.Screen;

namespace Loco.Emulator.Rfb;

/// <summary>The beginning of a session: versions, no authentication, what the picture is like (RFC 6143, 7.1 to 7.3). Older viewers are understood.</summary>
internal sealed class RfbHandshake(Stream stream, string name, ScreenArea screen, Func<bool> mayEnter)
{
    private const byte None = 1;
    private const int VersionLength = 12;

    private static readonly byte[] Greeting = Encoding.ASCII.GetBytes("RFB 003.008\n");

    private readonly byte[] _buffer = new byte[64];

    /// <summary>True when the viewer is in; false when there was no room for it, which it has been told.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Greeting, cancellationToken);
        var minor = ParseVersion((await ReadAsync(VersionLength, cancellationToken)).Span);
        if (minor >= 7)
        {
            await stream.WriteAsync(new byte[] { 1, None }, cancellationToken);
            var chosen = (await ReadAsync(1, cancellationToken)).Span[0];
            if (chosen != None)
            {
                await RefuseAsync(minor, "Only the security type None is offered.", cancellationToken);
                throw new RfbException($"the security type {chosen}, which was not offered");
            }
        }
        else
        {
            // The server decides for viewers so old.
            await stream.WriteAsync(new byte[] { 0, 0, 0, None }, cancellationToken);
        }

        if (!mayEnter())
        {
            await RefuseAsync(minor, "Too many viewers.", cancellationToken);
            return false;
        }

        if (minor >= 8)
            await stream.WriteAsync(new byte[4], cancellationToken);

        // Whether others may look as well. Here they always may.
        await ReadAsync(1, cancellationToken);
        await stream.WriteAsync(ServerInit(), cancellationToken);
        return true;
    }

    private byte[] ServerInit()
    {
        var title = Encoding.UTF8.GetBytes(name);
        var bytes = new byte[4 + PixelFormat.Size + 4 + title.Length];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)screen.Width);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)screen.Height);
        PixelFormat.Default.Write(bytes.AsSpan(4));
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 + PixelFormat.Size), title.Length);
        title.CopyTo(bytes.AsSpan(8 + PixelFormat.Size));
        return bytes;
    }

    // Before 3.8 there was no way to say why.
    private async Task RefuseAsync(int minor, string reason, CancellationToken cancellationToken)
    {
        if (minor < 8)
            return;
        var text = Encoding.UTF8.GetBytes(reason);
        var bytes = new byte[8 + text.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, 1);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4), text.Length);
        text.CopyTo(bytes.AsSpan(8));
        await stream.WriteAsync(bytes, cancellationToken);
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(int count, CancellationToken cancellationToken)
    {
        await stream.ReadExactlyAsync(_buffer.AsMemory(0, count), cancellationToken);
        return _buffer.AsMemory(0, count);
    }

    // 3.3, 3.7 and 3.8 exist; anything else in between is 3.3 by the RFC, and what comes later has to understand 3.8.
    private static int ParseVersion(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith("RFB 003."u8) || bytes[^1] != (byte)'\n' || !int.TryParse(bytes[8..11], NumberStyles.None, CultureInfo.InvariantCulture, out var minor))
            throw new RfbException("a version that is none");
        return minor switch
        {
            >= 8 => 8,
            7 => 7,
            _ => 3,
        };
    }
}
