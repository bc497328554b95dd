using System.Buffers.Binary;

namespace Rollcall.Gossip.Wire;

/// <summary>CRC-32 of IEEE 802.3: reflected, begun and ended with all bits set. Eight bytes at a time by eight tables.</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;

    private static readonly uint[] Tables = MakeTables();

    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<uint> tables = Tables;
        var crc = uint.MaxValue;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            var low = crc ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = tables[1792 + (byte)low] ^ tables[1536 + (byte)(low >> 8)] ^ tables[1280 + (byte)(low >> 16)] ^ tables[1024 + (int)(low >> 24)]
                ^ tables[768 + (byte)high] ^ tables[512 + (byte)(high >> 8)] ^ tables[256 + (byte)(high >> 16)] ^ tables[(int)(high >> 24)];
        }

        foreach (var item in bytes)
            crc = tables[(byte)(crc ^ item)] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[] MakeTables()
    {
        var tables = new uint[8 * 256];
        for (var i = 0u; i < 256; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ Polynomial;
            tables[i] = crc;
        }

        for (var i = 256; i < tables.Length; i++)
            tables[i] = tables[(byte)tables[i - 256]] ^ (tables[i - 256] >> 8);
        return tables;
    }
}
