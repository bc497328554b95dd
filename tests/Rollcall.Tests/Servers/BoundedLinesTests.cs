using System.Text;
using Rollcall.Servers;
using Rollcall.TestKit;

namespace Rollcall.Tests.Servers;

public sealed class BoundedLinesTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly VirtualTime _time = new();

    [Theory]
    [InlineData("", "")]
    [InlineData("a\nb\r\n\nc\r\r\n", "a|b||c\r|")]
    [InlineData("the last line has no end", "")]
    public async Task Lines_end_with_LF_or_CR_LF(string text, string expected)
    {
        var lines = new BoundedLines(new DrippingStream(Encoding.UTF8.GetBytes(text)), 100, _time);
        var found = new StringBuilder();
        while (await lines.NextAsync(Limit, CancellationToken.None) is { } line)
            found.Append(Encoding.UTF8.GetString(line.Span)).Append('|');
        Assert.Equal(expected, found.ToString());
        Assert.Equal(0, _time.PendingTimers);
    }

    [Fact]
    public async Task A_line_at_the_limit_is_taken_and_one_byte_more_is_refused_in_any_chunks()
    {
        foreach (var length in new[] { 1, 10, 16 * 1024, (16 * 1024) + 1, 50_000 })
        {
            foreach (var chunk in new[] { 7, 1_000_000 })
            {
                var fits = new BoundedLines(new DrippingStream([.. new byte[length], (byte)'\n', .. new byte[length], (byte)'\n'], chunk), length, _time);
                Assert.Equal(length, (await fits.NextAsync(Limit, CancellationToken.None))?.Length);
                Assert.Equal(length, (await fits.NextAsync(Limit, CancellationToken.None))?.Length);
                Assert.Null(await fits.NextAsync(Limit, CancellationToken.None));
                var tooLong = new BoundedLines(new DrippingStream([.. new byte[length + 1], (byte)'\n'], chunk), length, _time);
                await Assert.ThrowsAsync<AnswerTooLargeException>(() => tooLong.NextAsync(Limit, CancellationToken.None).AsTask());
            }
        }
    }

    [Fact]
    public async Task Many_lines_in_any_chunks_are_those_of_a_plain_reader()
    {
        var random = new Random(5);
        for (var round = 0; round < 200; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => new string('x', random.Next(30)) + "\n"));
            var lines = new BoundedLines(new DrippingStream(Encoding.ASCII.GetBytes(text), random.Next(1, 50)), 30, _time);
            var found = new StringBuilder();
            while (await lines.NextAsync(Limit, CancellationToken.None) is { } line)
                found.Append(Encoding.ASCII.GetString(line.Span)).Append('\n');
            Assert.Equal(text, found.ToString());
        }
    }

    [Fact]
    public async Task Bytes_that_never_make_a_line_are_silence()
    {
        var reading = new BoundedLines(new EndlessStream(_time), 1_000_000, _time).NextAsync(Limit, CancellationToken.None).AsTask();
        await _time.AdvanceUntilAsync(() => reading.IsCompleted, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(6));
        Assert.Contains("silent for 5s", (await Assert.ThrowsAsync<TimeoutException>(() => reading)).Message, StringComparison.Ordinal);
    }
}
