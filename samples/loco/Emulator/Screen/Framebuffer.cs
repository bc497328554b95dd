namespace Loco.Emulator.Screen;

/// <summary>
/// The picture, and which of its tiles have changed when: each viewer keeps what it has been sent of each tile, and is sent what is newer. One draws, many read.
/// </summary>
internal sealed class Framebuffer
{
    public const int TileSize = 16;

    private readonly Lock _gate = new();
    private readonly int[] _pixels;
    private readonly long[] _tiles;
    private readonly int _columns;
    private readonly TimeProvider _time;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _version = 1;

    public Framebuffer(int width, int height, TimeProvider time)
    {
        Area = new ScreenArea(0, 0, width, height);
        _time = time;
        _pixels = new int[width * height];
        _columns = (width + TileSize - 1) / TileSize;
        _tiles = new long[_columns * ((height + TileSize - 1) / TileSize)];
        Array.Fill(_tiles, _version);
        ChangedAt = time.GetTimestamp();
    }

    /// <summary>All of it.</summary>
    public ScreenArea Area { get; }

    public int Tiles => _tiles.Length;

    /// <summary>Completes with the next change.</summary>
    public Task NextChange
    {
        get
        {
            lock (_gate)
                return _changed.Task;
        }
    }

    /// <summary>The timestamp of the last change.</summary>
    public long ChangedAt { get; private set; }

    /// <summary>Draws one frame: whoever reads sees all of it or nothing.</summary>
    /// <param name="draw">Is given what fills a part of the picture with a colour, as 0xRRGGBB.</param>
    public void Draw(Action<Action<ScreenArea, int>> draw)
    {
        TaskCompletionSource? changed = null;
        lock (_gate)
        {
            var next = _version + 1;
            var any = false;
            draw((area, colour) => any |= Fill(area.Within(Area), colour, next));
            if (any)
            {
                _version = next;
                ChangedAt = _time.GetTimestamp();
                (changed, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
            }
        }

        changed?.SetResult();
    }

    /// <summary>
    /// The tiles of a part of the picture that are newer than what was sent, those beside each other as one, read while nothing is drawn.
    /// </summary>
    /// <param name="wanted">The part.</param>
    /// <param name="sent">The version of each tile that was sent; brought up to date.</param>
    /// <param name="read">Is given each rectangle and its pixels, line by line.</param>
    /// <returns>How many rectangles there were, and when the newest of them was drawn.</returns>
    public (int Count, long DrawnAt) Read(ScreenArea wanted, long[] sent, Action<ScreenArea, Func<int, ReadOnlySpan<int>>> read)
    {
        wanted = wanted.Within(Area);
        lock (_gate)
        {
            var count = 0;
            for (var row = 0; row < _tiles.Length / _columns; row++)
            {
                ScreenArea? run = null;
                for (var column = 0; column < _columns; column++)
                {
                    var part = Take(wanted, sent, row, column);
                    if (run is { } before && part is { } after && before.Right == after.X)
                    {
                        run = before.With(after);
                        continue;
                    }

                    count += Give(run, read);
                    run = part;
                }

                count += Give(run, read);
            }

            return (count, ChangedAt);
        }
    }

    /// <summary>Counts a part of the picture as not sent.</summary>
    public void Forget(ScreenArea wanted, long[] sent)
    {
        for (var at = 0; at < sent.Length; at++)
        {
            if (!TileAt(at).Within(wanted).IsEmpty)
                sent[at] = 0;
        }
    }

    private ScreenArea TileAt(int at) => new ScreenArea(at % _columns * TileSize, at / _columns * TileSize, TileSize, TileSize).Within(Area);

    private int Give(ScreenArea? run, Action<ScreenArea, Func<int, ReadOnlySpan<int>>> read)
    {
        if (run is not { } area)
            return 0;
        read(area, line => _pixels.AsSpan(((area.Y + line) * Area.Width) + area.X, area.Width));
        return 1;
    }

    // A tile of which only a part is wanted stays as unsent as it was: the rest of it has yet to be sent.
    private ScreenArea? Take(ScreenArea wanted, long[] sent, int row, int column)
    {
        var at = (row * _columns) + column;
        var tile = TileAt(at);
        var part = tile.Within(wanted);
        if (part.IsEmpty || sent[at] >= _tiles[at])
            return null;
        if (wanted.Contains(tile))
            sent[at] = _tiles[at];
        return part;
    }

    private bool Fill(ScreenArea area, int colour, long version)
    {
        var any = false;
        for (var y = area.Y; y < area.Bottom; y++)
        {
            for (var x = area.X; x < area.Right; x++)
            {
                ref var pixel = ref _pixels[(y * Area.Width) + x];
                if (pixel == colour)
                    continue;
                pixel = colour;
                _tiles[((y / TileSize) * _columns) + (x / TileSize)] = version;
                any = true;
            }
        }

        return any;
    }
}
