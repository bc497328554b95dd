using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Rollcall.TestKit;
using Rollcall.Watching;

namespace Rollcall.Tests.Watching;

public sealed class NewestTests
{
    private readonly Channel<int> _stream = Channel.CreateUnbounded<int>();
    private int _open;

    [Fact]
    public async Task A_busy_consumer_misses_what_lies_between_and_gets_the_newest()
    {
        await using var newest = Newest.Of(ReadAsync, CancellationToken.None).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        _stream.Writer.TryWrite(0);
        Assert.True(await Eventually.Within(newest.MoveNextAsync().AsTask()));
        Assert.Equal(0, newest.Current);
        for (var i = 1; i <= 50; i++)
            _stream.Writer.TryWrite(i);
        await Eventually.True(() => _stream.Reader.Count == 0);
        Assert.True(await Eventually.Within(newest.MoveNextAsync().AsTask()));
        Assert.InRange(newest.Current, 49, 50);
    }

    [Fact]
    public async Task A_failure_comes_behind_the_last_element()
    {
        await using var newest = Newest.Of(ReadAsync, CancellationToken.None).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        _stream.Writer.TryWrite(1);
        _stream.Writer.TryComplete(new IOException("cut"));
        Assert.True(await Eventually.Within(newest.MoveNextAsync().AsTask()));
        Assert.Equal("cut", (await Assert.ThrowsAsync<IOException>(() => Eventually.Within(newest.MoveNextAsync().AsTask()))).Message);
        Assert.Equal(0, _open);
    }

    [Fact]
    public async Task Who_stops_consuming_or_cancels_ends_the_reading()
    {
        _stream.Writer.TryWrite(1);
        await foreach (var _ in Newest.Of(ReadAsync, CancellationToken.None))
            break;
        Assert.Equal(0, _open);

        using var stop = new CancellationTokenSource();
        await using var newest = Newest.Of(ReadAsync, stop.Token).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var next = newest.MoveNextAsync().AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(next));
        Assert.Equal(0, _open);
    }

    private async IAsyncEnumerable<int> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _open);
        try
        {
            await foreach (var item in _stream.Reader.ReadAllAsync(cancellationToken))
                yield return item;
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }
}
