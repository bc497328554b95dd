using System.Runtime.InteropServices;

namespace Loco.Emulator.Screen;

/// <summary>A rectangle of the picture.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ScreenArea(int X, int Y, int Width, int Height)
{
    public bool IsEmpty => Width <= 0 || Height <= 0;

    public int Right => X + Width;

    public int Bottom => Y + Height;

    public bool Contains(ScreenArea other) => other.X >= X && other.Y >= Y && other.Right <= Right && other.Bottom <= Bottom;

    /// <summary>What both have in common; empty when that is nothing.</summary>
    public ScreenArea Within(ScreenArea other)
    {
        var (x, y) = (Math.Max(X, other.X), Math.Max(Y, other.Y));
        return new(x, y, Math.Max(0, Math.Min(Right, other.Right) - x), Math.Max(0, Math.Min(Bottom, other.Bottom) - y));
    }

    /// <summary>The smallest that holds both.</summary>
    public ScreenArea With(ScreenArea other)
    {
        var (x, y) = (Math.Min(X, other.X), Math.Min(Y, other.Y));
        return new(x, y, Math.Max(Right, other.Right) - x, Math.Max(Bottom, other.Bottom) - y);
    }
}
