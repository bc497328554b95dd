using System.Buffers.Binary;

namespace Rollcall.Loco.Tests.Emulator;

public sealed class PictureTests
{
    private const int Teal = 0x008080;

    [Fact]
    public async Task The_first_update_is_the_whole_picture()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await using var viewer = await emulator.EnterAsync();
        await viewer.AskAsync(incremental: true);
        var rectangles = await viewer.UpdateAsync();
        Assert.Equal(100 * 80, rectangles.Sum(static area => area.Width * area.Height));
        Assert.Equal((Teal, 0xC0C0C0), (viewer[99, 0], viewer[99, 79])); // the desktop, and its task bar
    }

    [Fact]
    public async Task An_incremental_update_waits_for_a_change_and_has_little_more_than_that()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await using var viewer = await emulator.EnterAsync();
        await viewer.AskAsync(incremental: false);
        await viewer.UpdateAsync();
        await viewer.AskAsync(incremental: true);
        var update = viewer.UpdateAsync();
        Assert.False(update.IsCompleted);
        await emulator.DrawAsync(1);
        Assert.InRange((await update).Sum(static area => area.Width * area.Height), 1, 6 * 16 * 16);
    }

    [Fact]
    public async Task A_wider_request_is_answered_while_a_narrower_one_waits_for_a_change()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await using var viewer = await emulator.EnterAsync();
        await viewer.AskAsync(incremental: false);
        await viewer.UpdateAsync();
        await viewer.AskAsync(incremental: true, width: 1, height: 1);
        var update = viewer.UpdateAsync();
        await viewer.AskAsync(incremental: false);
        Assert.Equal(100 * 80, (await update).Sum(static area => area.Width * area.Height));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_parts_were_asked_for_the_picture_is_that_of_somebody_who_has_just_come(int seed)
    {
        var random = new Random(seed);
        await using var emulator = await TestEmulator.StartAsync();
        await using var viewer = await emulator.EnterAsync();
        await viewer.AskAsync(incremental: false);
        await viewer.UpdateAsync();
        for (var i = 0; i < 25; i++)
        {
            await emulator.DrawAsync(random.Next(4));
            var (x, y) = (random.Next(viewer.Width), random.Next(viewer.Height));
            await viewer.AskAsync(random.Next(3) > 0, x, y, random.Next(1, 150), random.Next(1, 150));
            // Part of an answer to this or to a larger request may come at any time; the last one makes it whole.
        }

        await viewer.AskAsync(incremental: true);
        await emulator.DrawAsync(1);
        await using var fresh = await emulator.EnterAsync();
        await fresh.AskAsync(incremental: false);
        await fresh.UpdateAsync();
        while (!viewer.Picture.SequenceEqual(fresh.Picture))
        {
            await viewer.UpdateAsync();
            await viewer.AskAsync(incremental: true);
        }

        Assert.Equal(fresh.Picture, viewer.Picture);
    }

    [Theory]
    [InlineData(32, true, 255, 255, 255, 0, 8, 16, "00 80 80 00")] // big endian, red first: 0x00808000
    [InlineData(16, false, 31, 63, 31, 11, 5, 0, "10 04")] // 5 bits of red, 6 of green, 5 of blue
    [InlineData(16, true, 31, 63, 31, 11, 5, 0, "04 10")]
    [InlineData(8, false, 7, 7, 3, 5, 2, 0, "12")]
    public async Task Pixels_come_as_the_viewer_wants_them(byte bits, bool isBigEndian, ushort red, ushort green, ushort blue, byte redShift, byte greenShift, byte blueShift, string teal)
    {
        await using var emulator = await TestEmulator.StartAsync();
        await using var viewer = await emulator.EnterAsync();
        await viewer.WriteAsync(SetPixelFormat(bits, isBigEndian, isTrueColour: true, red, green, blue, redShift, greenShift, blueShift));
        await viewer.AskAsync(incremental: false, x: 98, y: 0, width: 2, height: 1);
        var (_, _, width, height, pixels) = Assert.Single(await viewer.RawAsync(bits / 8));
        Assert.Equal((2, 1), (width, height));
        Assert.Equal($"{teal} {teal}", Convert.ToHexString(pixels).Chunk(2).Select(static pair => new string(pair)).Aggregate(static (all, next) => $"{all} {next}"));
    }

    [Fact]
    public async Task What_viewers_send_beside_is_taken()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await using var viewer = await emulator.EnterAsync();
        await viewer.WriteAsync([2, 0, 0, 2, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x21]); // encodings: raw, the size of the desktop
        await viewer.WriteAsync([4, 1, 0, 0, 0, 0, 0xFF, 0x0D]); // a key
        await viewer.WriteAsync([5, 1, 0, 10, 0, 10]); // the pointer
        await viewer.WriteAsync([6, 0, 0, 0, 0, 0, 0, 40, .. new byte[40]]); // text
        await viewer.AskAsync(incremental: false);
        Assert.NotEmpty(await viewer.UpdateAsync());
    }

    public static TheoryData<byte[]> Nonsense()
    {
        byte[][] messages =
        [
            [9], // a message nobody knows
            [6, 0, 0, 0, 0, 1, 0, 1], // 65,537 bytes of text
            [6, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF],
            [2, 0, 4, 1], // 1,025 encodings
            SetPixelFormat(8, false, isTrueColour: false, 7, 7, 3, 5, 2, 0), // a palette
            SetPixelFormat(24, false, isTrueColour: true, 255, 255, 255, 16, 8, 0),
            SetPixelFormat(16, false, isTrueColour: true, 31, 63, 31, 12, 5, 0), // red beyond the pixel
            SetPixelFormat(32, false, isTrueColour: true, 255, 255, 255, 255, 8, 0),
        ];
        return [.. messages.Select(static message => new TheoryDataRow<byte[]>(message))];
    }

    [Theory]
    [MemberData(nameof(Nonsense))]
    public async Task Who_breaks_the_protocol_is_disconnected_and_nobody_else(byte[] message)
    {
        await using var emulator = await TestEmulator.StartAsync();
        await using var other = await emulator.EnterAsync();
        await using var viewer = await emulator.EnterAsync();
        await viewer.WriteAsync(message);
        Assert.True(await viewer.IsClosedAsync());
        await other.AskAsync(incremental: false);
        Assert.NotEmpty(await other.UpdateAsync());
    }

    [Fact]
    public async Task A_machine_that_is_switched_off_lets_go_of_its_viewers()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await using var viewer = await emulator.EnterAsync();
        await using var silent = await emulator.ConnectAsync();
        await TestKit.Eventually.Within(emulator.StopAsync());
        Assert.True(await viewer.IsClosedAsync());
    }

    private static byte[] SetPixelFormat(byte bits, bool isBigEndian, bool isTrueColour, ushort red, ushort green, ushort blue, byte redShift, byte greenShift, byte blueShift)
    {
        var message = new byte[20];
        (message[4], message[5], message[6], message[7]) = (bits, bits, (byte)(isBigEndian ? 1 : 0), (byte)(isTrueColour ? 1 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(8), red);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(10), green);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(12), blue);
        (message[14], message[15], message[16]) = (redShift, greenShift, blueShift);
        return message;
    }
}
