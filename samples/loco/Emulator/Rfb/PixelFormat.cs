using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Loco.Emulator.Rfb;

/// <summary>How a viewer wants its pixels (RFC 6143, 7.4).</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PixelFormat(
    byte BitsPerPixel, byte Depth, bool IsBigEndian, ushort RedMax, ushort GreenMax, ushort BlueMax, byte RedShift, byte GreenShift, byte BlueShift)
{
    /// <summary>Bytes of the description.</summary>
    public const int Size = 16;

    /// <summary>Four bytes a pixel, the first of them blue.</summary>
    public static readonly PixelFormat Default = new(32, 24, false, 255, 255, 255, 16, 8, 0);

    public int BytesPerPixel => BitsPerPixel / 8;

    /// <exception cref="RfbException">It makes no sense, or has a palette, which nobody asks for any more.</exception>
    public static PixelFormat Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes[3] == 0)
            throw new RfbException("a pixel format with a palette");
        var format = new PixelFormat(
            bytes[0],
            bytes[1],
            bytes[2] != 0,
            BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]),
            bytes[10],
            bytes[11],
            bytes[12]);
        return format.BitsPerPixel is 8 or 16 or 32 && format.Fits(format.RedMax, format.RedShift) && format.Fits(format.GreenMax, format.GreenShift) && format.Fits(format.BlueMax, format.BlueShift)
            ? format
            : throw new RfbException($"a pixel format of {format.BitsPerPixel} bits that makes no sense");
    }

    public void Write(Span<byte> bytes)
    {
        bytes[..Size].Clear();
        (bytes[0], bytes[1], bytes[2], bytes[3]) = (BitsPerPixel, Depth, (byte)(IsBigEndian ? 1 : 0), 1);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], RedMax);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], GreenMax);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[8..], BlueMax);
        (bytes[10], bytes[11], bytes[12]) = (RedShift, GreenShift, BlueShift);
    }

    /// <summary>A line of pixels, 0xRRGGBB each, as the viewer wants them.</summary>
    public void Encode(ReadOnlySpan<int> pixels, Span<byte> bytes)
    {
        for (var i = 0; i < pixels.Length; i++)
        {
            var value = Part(pixels[i] >> 16, RedMax, RedShift) | Part(pixels[i] >> 8, GreenMax, GreenShift) | Part(pixels[i], BlueMax, BlueShift);
            switch (BitsPerPixel)
            {
                case 8:
                    bytes[i] = (byte)value;
                    break;
                case 16 when IsBigEndian:
                    BinaryPrimitives.WriteUInt16BigEndian(bytes[(i * 2)..], (ushort)value);
                    break;
                case 16:
                    BinaryPrimitives.WriteUInt16LittleEndian(bytes[(i * 2)..], (ushort)value);
                    break;
                case 32 when IsBigEndian:
                    BinaryPrimitives.WriteUInt32BigEndian(bytes[(i * 4)..], value);
                    break;
                default:
                    BinaryPrimitives.WriteUInt32LittleEndian(bytes[(i * 4)..], value);
                    break;
            }
        }
    }

    private static uint Part(int colour, ushort max, byte shift) => (uint)(((colour & 0xFF) * max) + 127) / 255u << shift;

    private bool Fits(ushort max, byte shift) => max > 0 && shift < BitsPerPixel && ((ulong)max << shift) < 1UL << BitsPerPixel;
}
