namespace Loco.Emulator.Screen;

/// <summary>What is to be seen: a bar that fills while the machine boots, then a desktop with a window in which something moves. Pure.</summary>
internal sealed class Desktop(ScreenArea screen, string name)
{
    private const int Black = 0x000000;
    private const int Teal = 0x008080;
    private const int Grey = 0xC0C0C0;
    private const int White = 0xFFFFFF;
    private const int Bar = 14;
    private const int Ball = 10;

    // Each machine's own, so that their pictures can be told apart.
    private readonly int _colour = Colour(name);

    private bool _isDrawn;

    /// <summary>Draws a frame of the boot, or of what comes after.</summary>
    /// <param name="fill">Fills a rectangle.</param>
    /// <param name="booted">How much of the boot is done, 0 to 1.</param>
    /// <param name="frame">Counted from 0.</param>
    public void Draw(Action<ScreenArea, int> fill, double booted, long frame)
    {
        if (booted < 1)
        {
            fill(screen with { Y = screen.Height / 2, Height = Bar, Width = (int)(screen.Width * booted) }, Grey);
            return;
        }

        if (!_isDrawn)
            DrawOnce(fill);
        _isDrawn = true;
        var (last, now) = (PlaceOf(frame - 1), PlaceOf(frame));
        fill(last, White);
        fill(now, _colour);
    }

    private ScreenArea Window => new(screen.Width / 8, screen.Height / 8, screen.Width * 3 / 4, screen.Height / 2);

    private ScreenArea Inside => new(Window.X + 2, Window.Y + Bar, Window.Width - 4, Window.Height - Bar - 2);

    private void DrawOnce(Action<ScreenArea, int> fill)
    {
        fill(screen, Teal);
        fill(screen with { Y = screen.Height - Bar, Height = Bar }, Grey);
        fill(new(2, screen.Height - Bar + 2, 40, Bar - 4), White);
        fill(Window, Grey);
        fill(Window with { Height = Bar - 2 }, _colour);
        fill(Inside, White);
        fill(new(0, 0, 1, 1), Black);
    }

    // There and back again, a pixel a frame.
    private ScreenArea PlaceOf(long frame) => new(Inside.X + Swing(frame, Inside.Width - Ball), Inside.Y + Swing(frame / 2, Inside.Height - Ball), Ball, Ball);

    private static int Swing(long frame, int room)
    {
        if (room <= 0)
            return 0;
        var at = (int)(((frame % (2 * room)) + (2 * room)) % (2 * room));
        return at < room ? at : (2 * room) - at;
    }

    // The same for the same name in every process, hence not string.GetHashCode.
    private static int Colour(string name) => (int)(name.Aggregate(2166136261u, static (hash, letter) => (hash ^ letter) * 16777619u) & 0x7F7F7F);
}
