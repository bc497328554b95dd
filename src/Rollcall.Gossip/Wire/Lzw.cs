namespace Rollcall.Gossip.Wire;

/// <summary>LZW as GIF has it: bits packed from the lowest, bytes as literals, codes of 9 to 12 bits.</summary>
internal static class Lzw
{
    public const int ClearCode = 256;
    public const int EndCode = 257;
    public const int FirstWidth = 9;
    public const int LastWidth = 12;
    public const int Codes = 1 << LastWidth;
}
