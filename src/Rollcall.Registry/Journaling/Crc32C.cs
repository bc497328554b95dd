using System.Numerics;
using System.Runtime.InteropServices;

namespace Rollcall.Registry.Journaling;

/// <summary>CRC-32C (Castagnoli; RFC 3720, appendix B.4), by the processor's instruction where there is one.</summary>
internal static class Crc32C
{
    public const uint Seed = 0xFFFF_FFFF;

    public static uint Compute(ReadOnlySpan<byte> bytes) => ~Append(Seed, bytes);

    /// <summary>Goes on from <paramref name="state"/>; the final value is its complement.</summary>
    public static uint Append(uint state, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            var word = MemoryMarshal.Read<ulong>(bytes);
            state = BitOperations.Crc32C(state, BitConverter.IsLittleEndian ? word : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes)
            state = BitOperations.Crc32C(state, value);
        return state;
    }
}
